"""A third language is one file: the app offers and speaks it, the worker says it, the server takes it, nothing else."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Device
from mobilise.bootstrap.front_end import npm
from mobilise.bootstrap.running import environment
from tests.browsers.fixtures import StartChromium
from tests.delivering import ROOT
from tests.patience import PATIENCE
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

FRONT_END = ("frontend/src", "frontend/tests", "frontend/public", "frontend/scripts")
COPIED = ("accounts", "campaigns", "mobilise", "tests", *FRONT_END)
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc")
FILES = ("index.html", "package.json", "svelte.config.js", "tsconfig.json", "vite.config.ts", "openapi.json")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The whole project with one more file: German, every text marked."""
    tree = tmp_path / "tree"
    for name in (*COPIED, "frontend/messages"):
        shutil.copytree(ROOT / name, tree / name, ignore=NOT_COPIED)
    for name in FILES:
        shutil.copy(ROOT / "frontend" / name, tree / "frontend" / name)
    shutil.copy(ROOT / "manage.py", tree)
    (tree / "frontend" / "node_modules").symlink_to(ROOT / "frontend" / "node_modules")
    english = json.loads((ROOT / "frontend" / "messages" / "en.json").read_text(encoding="utf-8"))
    german = {key: mark(text) for key, text in english.items()}
    (tree / "frontend" / "messages" / "de.json").write_text(json.dumps(german), encoding="utf-8")
    return tree


@pytest.fixture
def built(tree: Path) -> Path:
    """The same, with its app."""
    run(tree, "build")
    return tree


def run(tree: Path, script: str, *arguments: str) -> None:
    """One of the scripts in package.json, which must end well."""
    command = [npm(), "run", "--silent", script, "--", *arguments]
    ended = subprocess.run(
        command, cwd=tree / "frontend", env=environment(), capture_output=True, check=False, timeout=2 * PATIENCE
    )
    assert ended.returncode == 0, (ended.stdout + ended.stderr).decode()


@pytest.fixture
def site(built: Path, transactional_db: None, tmp_path: Path) -> Iterator[RunningSite]:
    site = RunningSite(tmp_path, {}, built)
    try:
        site.wait()
        yield site
    finally:
        site.stop()


def mark(text: Any) -> Any:
    return {form: mark(one) for form, one in text.items()} if isinstance(text, dict) else f"de {text}"


def test_one_file_makes_it(tree: Path, site: RunningSite, start_chromium: StartChromium) -> None:
    chromium = start_chromium(language="de-DE")
    page = chromium.page
    chromium.open(f"{site.origin}/settings/language")
    page.get_by_role("heading", name="de Language").first.wait_for()
    assert page.locator("html").get_attribute("lang") == "de"
    choice = page.locator("select:has(option[value=de])")
    assert choice.locator("option").all_inner_texts() == ["Deutsch", "English", "Français"]
    # A device is made with the first gesture, and may change its language and come back to this one.
    chromium.open(f"{site.origin}/c/500-signatures")
    page.get_by_role("checkbox", name="de I agree").check()
    page.get_by_role("button", name="de Follow", exact=True).tap()
    page.get_by_text("de You follow this campaign").wait_for()
    assert Device.objects.get().language == "de"
    chromium.open(f"{site.origin}/settings/language")
    for code in ("fr", "de"):
        choice.select_option(code)
        chromium.until(lambda code=code: Device.objects.get().language == code, f"the language {code}")
    # The room with the most texts, which few people see.
    chromium.open(f"{site.origin}/alerts/check")
    page.get_by_role("heading", name="de Do alerts reach this phone?").wait_for()
    page.get_by_test_id("step-browser").wait_for()
    assert [text for text in page.locator("main :is(h1, h2, p)").all_inner_texts() if text and "de " not in text] == []
    manifest = page.request.get(f"{site.origin}/manifest.webmanifest?lang=de").json()
    assert (manifest["lang"], manifest["shortcuts"][0]["name"]) == ("de", "de Alerts")
    # The worker's own two texts, without the page.
    assert '"de New message' in (tree / "frontend" / "dist" / "sw.js").read_text(encoding="utf-8").replace("`", '"')
    assert chromium.console_errors == []
    assert schema_of(tree) == json.loads((ROOT / "frontend" / "openapi.json").read_text(encoding="utf-8"))


def test_no_test_of_the_texts_asks_for_another_file(tree: Path) -> None:
    tests = (tree / "frontend" / "tests").glob("*.test.ts")
    of_texts = sorted(test.name for test in tests if "languages()" in test.read_text(encoding="utf-8"))
    assert "texts.test.ts" in of_texts
    run(tree, "test", *of_texts)


def schema_of(tree: Path) -> Any:
    """What the server says of its API; nothing in it, nor in the database, is another for the language."""
    said = ""
    for command in (["makemigrations", "--check", "--dry-run"], ["spectacular", "--format", "openapi-json"]):
        said = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=tree,
            env={**environment(), "DJANGO_SETTINGS_MODULE": "tests.settings"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=PATIENCE,
        ).stdout
    return json.loads(said)
