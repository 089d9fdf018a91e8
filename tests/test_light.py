"""How much a phone has to load before the app is usable, by the bytes of what was built, and what it keeps."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mobilise.first_files import FILE
from tests.app_bytes import assets, chunk, dist, first_load, precached, texts, weight

MOST_SCRIPT, MOST_STYLE = 60_000, 15_000
# What the first screens say, in one language; data, not script, and so beside that budget.
MOST_TEXT = 9_000
# All screens, all languages, the icons: fetched once, after the first screen is there.
MOST_SHELL = 180_000
# Where people come in: the start, a link to a campaign, a link to an action of each kind, the alert's settings.
ENTRANCES = {
    "feed": ("FeedScreen",),
    "campaign": ("CampaignScreen",),
    "hashtag": ("ActionScreen", "HashtagRoom"),
    "rally": ("ActionScreen", "RallyScreen"),
    "solidarity": ("ActionScreen", "SolidarityScreen"),
    "broadcast": ("ActionScreen", "BroadcastScreen"),
    "outreach": ("ActionScreen", "OutreachScreen"),
}
# As the pages of the server ask for them.
SCREENS = {
    "feed": "FeedScreen",
    "campaign": "CampaignScreen",
    "action": "ActionScreen",
    "hashtag_push": "HashtagRoom",
    "rally_call": "RallyScreen",
    "solidarity_alert": "SolidarityScreen",
    "broadcast": "BroadcastScreen",
    "outreach": "OutreachScreen",
}
# A smaller file fits a packet as it is.
WORTH_IT = 1000


@pytest.mark.parametrize("name", ENTRANCES)
def test_the_first_load_stays_in_its_budget(name: str, record_property: Callable[[str, object], None]) -> None:
    files = first_load(*ENTRANCES[name])
    script = weight(file for file in files if file.suffix == ".js")
    style = weight(file for file in files if file.suffix == ".css")
    record_property("figures", f"{script:,} bytes of script, {style:,} of style, compressed")
    assert 0 < script <= MOST_SCRIPT
    assert 0 < style <= MOST_STYLE


@pytest.mark.parametrize("name", ENTRANCES)
def test_what_nobody_looks_at_yet_comes_after_the_first_screen(name: str) -> None:
    """What looks after alerts, and what tells an alert's card anew."""
    later = {chunk("upkeep"), chunk("alerts"), chunk("fresher"), chunk("AlertsOff")}
    assert first_load(*ENTRANCES[name]) & later == set()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_so_do_the_texts(language: str, record_property: Callable[[str, object], None]) -> None:
    bytes_of_text = weight([texts(language)])
    record_property("figures", f"{bytes_of_text:,} bytes of text, compressed")
    assert 0 < bytes_of_text <= MOST_TEXT


def test_each_file_is_there_compressed_too() -> None:
    files = [file for file in (dist() / "assets").iterdir() if file.suffix in (".js", ".css", ".json")]
    worth_it = [dist() / "sw.js", *(file for file in files if file.stat().st_size >= WORTH_IT)]
    assert len(worth_it) > len(ENTRANCES)
    for file in worth_it:
        in_gzip, in_brotli = (Path(f"{file}.{form}") for form in ("gz", "br"))
        assert gzip.decompress(in_gzip.read_bytes()) == file.read_bytes()
        assert 0 < in_brotli.stat().st_size < in_gzip.stat().st_size


def test_the_server_knows_the_files_of_each_screen() -> None:
    listed = json.loads((dist() / FILE).read_text(encoding="utf-8"))
    page = first_load()
    for screen, file in SCREENS.items():
        assert {dist() / name.lstrip("/") for name in listed["screens"][screen]} == first_load(file) - page
    assert {language: dist() / name.lstrip("/") for language, name in listed["texts"].items()} == {
        language: texts(language) for language in ("fr", "en")
    }


def test_what_the_worker_keeps_is_bounded(record_property: Callable[[str, object], None]) -> None:
    kept = precached()
    record_property(
        "figures", f"{len(kept)} files, {weight(kept):,} bytes; the worker {weight([dist() / 'sw.js']):,}, compressed"
    )
    # Every screen is there without a network.
    assert {file.name for file in kept} >= assets() | {"index.html"}
    assert weight(kept) <= MOST_SHELL


# What the scripts are written in is ES2022 but for these, which iPhones before iOS 16.4 refuse to read: nothing of a
# file that holds one runs. Neither is rewritten by the build.
UNREADABLE = re.compile(r"\(\?<[=!]|\bstatic\s*\{")


def test_older_iphones_can_read_each_script() -> None:
    scripts = [dist() / "sw.js", *(dist() / "assets").glob("*.js")]
    assert len(scripts) > len(ENTRANCES)
    found = {file.name: UNREADABLE.findall(file.read_text(encoding="utf-8")) for file in scripts}
    assert {name: what for name, what in found.items() if what} == {}


def test_it_brings_no_font() -> None:
    styles = [file.read_text(encoding="utf-8") for file in (dist() / "assets").glob("*.css")]
    assert styles
    assert [style for style in styles if "@font-face" in style] == []
    assert [file for file in dist().rglob("*") if file.suffix in {".woff", ".woff2", ".ttf", ".otf"}] == []
