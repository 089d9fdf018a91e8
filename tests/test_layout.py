"""House rules that no linter knows."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("mobilise", "accounts", "campaigns", "tests")
# A module is named for what is in it.
NO_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "services"}
SOURCES = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


def test_no_module_is_named_for_nothing() -> None:
    assert len(SOURCES) > 100
    assert [path for path in SOURCES if NO_NAMES & {path.stem, path.parent.name}] == []


def test_there_are_no_signals() -> None:
    sources = [path for path in SOURCES if path.parent != Path(__file__).parent]
    signals = ("django.dispatch", "django.db.models.signals", "django.core.signals")
    assert [path for path in sources if any(name in path.read_text(encoding="utf-8") for name in signals)] == []


def test_nothing_asks_another_machine_for_packages_or_names_this_one() -> None:
    texts = [ROOT / "Makefile", ROOT / "pyproject.toml", *(ROOT / ".ci").iterdir(), *(ROOT / "requirements").iterdir()]
    words = ("registry.", "pypi.org", "--index-url", "/home/", "/root/")
    assert [path for path in texts if any(word in path.read_text(encoding="utf-8") for word in words)] == []
