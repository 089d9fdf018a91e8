"""docs/operations.md names commands, units, files and metrics: all of them are there."""

import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from campaigns.watching.metrics import exposition

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"^```\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def test_its_commands_are_there() -> None:
    named = set(re.findall(r"(?:mobilise-manage|manage\.py) ([a-z_]+)\b", "\n".join(BLOCKS)))
    assert {"backup", "restore", "reencrypt", "migrate", "organiser"} <= named
    assert named - set(get_commands()) == set()


def test_its_units_are_there() -> None:
    named = set(re.findall(r"\bmobilise-(?:web|scheduler|worker@|backup)[\w.]*", PAGE))
    units = {path.name for path in (ROOT / "deploy" / "systemd").iterdir()}
    known = {unit.removesuffix(".service") for unit in units} | units
    assert {re.sub("@.*", "@", name.removesuffix(".")) for name in named} <= known | {"mobilise-worker@"}
    assert len(named) > 5


def test_its_files_are_there() -> None:
    named = {path.rstrip(".,") for path in re.findall(r"(?<![\w/-])deploy/[\w./-]+", PAGE)}
    assert len(named) > 5
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_its_targets_of_make_are_there() -> None:
    named = set(re.findall(r"make(?: -C \S+)? (install|run|bench|[a-z]+)$", PAGE.replace("`", "\n"), re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text()
    assert {"install", "bench"} <= named
    assert [name for name in named if f" {name} " not in makefile] == []


@pytest.mark.django_db
def test_its_metrics_are_there() -> None:
    told = set(re.findall(r"^# TYPE (mobilise_\w+) ", exposition().decode(), re.MULTILINE))
    named = set(re.findall(r"`(mobilise_\w+)", PAGE))
    assert len(named) > 5
    # Those that there is nothing to say of are left out: a scheduler that has ticked.
    assert named - told - {"mobilise_scheduler_tick_age_seconds"} == set()


def test_its_commands_are_valid_for_the_shell() -> None:
    shell = [block for block in BLOCKS if "scrape_configs" not in block]
    assert len(shell) > 10
    wrong = [(block, checked.stderr) for block in shell if (checked := check(block)).returncode]
    assert wrong == []


def check(script: str) -> "subprocess.CompletedProcess[str]":
    """`bash -n`: reads it, runs nothing."""
    return subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, check=False)


def test_its_links_lead_somewhere() -> None:
    headings = re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    linked = set(re.findall(r"\]\(#([\w-]+)\)", PAGE))
    assert len(linked) > 8
    assert linked - anchors == set()
