"""A real Chromium on a network that gives the page and loses some of its files: it says which, and they come later."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from campaigns.models import Action
from tests.app_visitors import CAMPAIGN, messages
from tests.browsers.bad_network import BadNetwork
from tests.browsers.chromium import Chromium
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

# The worker would keep all files at once.
WORKER = "/sw.js"
CALENDAR = "/assets/calendar-file-"
PARTS = {"Recap": "recap", "ComesNext": "successor", "Media": "media"}
TEXTS = messages("fr")


@pytest.fixture
def network(site: RunningSite) -> Iterator[BadNetwork]:
    """What stands before the site."""
    network = BadNetwork(site.origin)
    yield network
    network.stop()


@pytest.fixture
def address(network: BadNetwork) -> str:
    """Of a push that is over, with media and a successor: three parts of its page are files of their own."""
    push = Action.objects.filter(kind="hashtag_push", successor__isnull=False).earliest("starts_at")
    return f"{network.origin}/a/{push.uuid}"


def missing(name: str) -> str:
    """What the page says of a part that is not there."""
    return str(TEXTS["part_missing"]).replace("{part}", str(TEXTS[name]))


def lose_its_parts(network: BadNetwork, *more: str) -> None:
    network.lose(WORKER, *(f"/assets/{part}-" for part in PARTS), *more)


def until_they_are_missed(chromium: Chromium) -> None:
    for name in PARTS.values():
        chromium.wait_for_text(missing(name))


def reload_knowing_nothing(chromium: Chromium) -> None:
    """Without the answers that the browser itself keeps for two seconds: one of them would pass for a network."""
    chromium.devtools().send("Network.clearBrowserCache")
    chromium.page.reload()


def until_all_are_there(chromium: Chromium) -> None:
    for testid in ("recap", "comes-next"):
        chromium.page.get_by_test_id(testid).wait_for()
    chromium.page.get_by_role("heading", name=str(TEXTS["media"])).wait_for()
    chromium.until(lambda: not chromium.page.get_by_role("button", name=str(TEXTS["retry"])).count(), "no part missing")


def test_what_is_lost_is_named_and_comes_by_a_tap(chromium: Chromium, network: BadNetwork, address: str) -> None:
    lose_its_parts(network)
    chromium.open(address)
    until_they_are_missed(chromium)
    # Nothing but the tap says to the page that there is a network again.
    lose_its_parts(network, "/api/")
    reload_knowing_nothing(chromium)
    until_they_are_missed(chromium)
    network.lose(WORKER, "/api/")
    for name in PARTS.values():
        line = chromium.page.locator(".notice").filter(has_text=missing(name))
        line.get_by_role("button", name=str(TEXTS["retry"])).tap()
    until_all_are_there(chromium)


def test_it_comes_by_itself_when_the_network_is_back(chromium: Chromium, network: BadNetwork, address: str) -> None:
    lose_its_parts(network)
    chromium.open(address)
    until_they_are_missed(chromium)
    network.lose(WORKER)
    chromium.run("() => dispatchEvent(new Event('online'))")
    until_all_are_there(chromium)


def test_what_makes_entries_for_the_calendar_is_missed_in_words(chromium: Chromium, network: BadNetwork) -> None:
    coming = Action.objects.filter(campaign__slug=CAMPAIGN, kind="broadcast", starts_at__gt=timezone.now())
    network.lose(WORKER)
    chromium.open(f"{network.origin}/a/{coming.earliest('starts_at').uuid}")
    add = chromium.page.get_by_role("link", name=str(TEXTS["calendar_add"]))
    add.wait_for()
    network.lose(WORKER, "/api/", CALENDAR)
    reload_knowing_nothing(chromium)
    make = chromium.page.get_by_role("button", name=str(TEXTS["calendar_add"]))
    make.tap()
    line = chromium.page.get_by_role("main").get_by_text(missing("calendar_add"))
    line.wait_for()
    # Nothing but the tap says to the page that there is a network again.
    network.lose(WORKER, "/api/")
    with chromium.page.expect_download() as entry:
        make.tap()
    assert Path(entry.value.path()).read_bytes().startswith(b"BEGIN:VCALENDAR")
    line.wait_for(state="detached")

    # Where the server can be asked, it makes the entry.
    network.lose(WORKER)
    chromium.run("() => dispatchEvent(new Event('online'))")
    add.wait_for()
