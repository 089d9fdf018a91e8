"""A name and an icon that say nothing of what the site is for: on pages, in the manifest, in calendars."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from accounts.views.manifest import icons
from mobilise.environment import site_icon
from mobilise.icalendar import write_calendar
from mobilise.icons import DRAWN, FORMS
from mobilise.shell import read_shell

PUBLIC = configured.BASE_DIR / "frontend" / "public"
SHELL = """<html lang="fr"><head><title>App</title>
<meta name="application-name" content="App" />
<meta name="apple-mobile-web-app-title" content="App" />
<meta name="theme-color" content="#43249b" /></head><body><p class="site">App</p></body></html>"""


@pytest.fixture
def dist(tmp_path: Path, settings: Any) -> Path:
    """A front end that was built, with its icons."""
    (tmp_path / "index.html").write_text(SHELL, encoding="utf-8")
    (tmp_path / "icons").symlink_to(PUBLIC / "icons")
    settings.FRONTEND_DIST = tmp_path
    return tmp_path


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with an icon of the operator's own."""
    folder = tmp_path / "own"
    folder.mkdir()
    for form in FORMS:
        (folder / form).write_bytes(f"own {form}".encode())
    return folder


@pytest.mark.parametrize("name", DRAWN)
def test_each_icon_is_drawn_in_each_form(name: str):
    assert {file.name for file in (PUBLIC / "icons" / name).iterdir()} == set(FORMS)
    assert (configured.BASE_DIR / "frontend" / "scripts" / "icons" / f"{name}.svg").is_file()


def test_there_is_none_but_those():
    assert {file.name for file in (PUBLIC / "icons").iterdir()} == set(DRAWN)


@pytest.mark.parametrize("form", FORMS)
def test_the_one_chosen_is_at_the_same_address(dist: Path, settings: Any, form: str):
    settings.SITE_ICON = "leaf"
    leaf = Client().get(f"/icons/{form}")
    settings.SITE_ICON = "mobilise"
    mobilise = Client().get(f"/icons/{form}")
    again = Client(headers={"If-None-Match": leaf["ETag"]}).get(f"/icons/{form}")
    assert leaf.content == (PUBLIC / "icons" / "leaf" / form).read_bytes()
    assert mobilise.content == (PUBLIC / "icons" / "mobilise" / form).read_bytes()
    assert (leaf["Content-Type"], leaf["Cache-Control"], again.status_code) == (
        FORMS[form],
        "public, max-age=3600",
        200,
    )


def test_it_can_be_the_operators_own(own: Path, settings: Any):
    settings.SITE_ICON = str(own)
    response = Client().get("/icons/icon.svg")
    assert (response.status_code, response.content) == (200, b"own icon.svg")
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("form", ["icon-1.png", "index.html", "..%2findex.html", "%2e%2e"])
def test_nothing_else_is_given_out_of_that_folder(own: Path, settings: Any, form: str):
    settings.SITE_ICON = str(own)
    assert Client().get(f"/icons/{form}").status_code == 404
    assert Client().post("/icons/icon.svg").status_code == 405


@pytest.mark.parametrize(("value", "chosen"), [("", "mobilise"), ("note", "note"), ("sun", "sun")])
def test_the_setting_names_one(monkeypatch: pytest.MonkeyPatch, value: str, chosen: str):
    monkeypatch.setenv("SITE_ICON", value)
    assert site_icon("SITE_ICON") == chosen


def test_the_setting_names_a_folder(monkeypatch: pytest.MonkeyPatch, own: Path):
    monkeypatch.setenv("SITE_ICON", str(own))
    assert site_icon("SITE_ICON") == str(own)


@pytest.mark.parametrize("value", ["moon", "icons", "/nowhere/at/all", "../frontend/public/icons/leaf"])
def test_any_other_is_refused_with_what_there_is(monkeypatch: pytest.MonkeyPatch, value: str):
    monkeypatch.setenv("SITE_ICON", value)
    with pytest.raises(ImproperlyConfigured, match="mobilise, note, sun, leaf, or the full path"):
        site_icon("SITE_ICON")


def test_a_folder_with_one_missing_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, own: Path):
    (own / "badge-96.png").unlink()
    monkeypatch.setenv("SITE_ICON", str(own))
    with pytest.raises(ImproperlyConfigured, match=r"has no badge-96\.png"):
        site_icon("SITE_ICON")


def test_the_page_bears_the_sites_name_before_the_app_runs(dist: Path, settings: Any):
    settings.SITE_NAME = 'Agenda "du" <quartier> \\1'
    name = "Agenda &quot;du&quot; &lt;quartier&gt; \\1"
    page = Client().get("/").content.decode()
    assert page == SHELL.replace(">App<", f">{name}<").replace('"App"', f'"{name}"')
    assert (page.count(name), "#43249b" in page) == (4, True)
    settings.SITE_NAME = "Chorale"
    assert "<title>Chorale</title>" in (read_shell() or "")


def test_the_built_page_and_the_apps_texts_name_no_site():
    files = [configured.BASE_DIR / "frontend" / "index.html", *(configured.BASE_DIR / "frontend/messages").iterdir()]
    assert len(files) > 2
    assert [file for file in files if "mobilise" in file.read_text(encoding="utf-8").lower()] == []


def test_the_manifest_shows_no_pictures_of_a_site_that_is_called_otherwise(settings: Any):
    def pictures() -> int:
        manifest = Client().get("/manifest.webmanifest").json()
        assert [one["src"] for one in manifest["icons"]] == [one["src"] for one in icons()]
        return len(manifest["screenshots"])

    assert pictures() == 2
    settings.SITE_ICON = "note"
    assert pictures() == 0
    settings.SITE_ICON, settings.SITE_NAME = "mobilise", "Agenda"
    assert pictures() == 0


def test_a_calendar_says_whose_it_is_by_that_name(settings: Any):
    settings.SITE_NAME = "Agenda, du quartier"
    calendar = write_calendar("Campagne", []).decode()
    assert "PRODID:-//Agenda\\, du quartier//EN\r\n" in calendar
    assert "mobilise" not in calendar.lower()
