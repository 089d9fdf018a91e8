"""A real Chromium on a network that gives the page and loses some of its files: it says which, and they come later."""

from collections.abc import Iterator

import pytest

from campaigns.models import Action
from tests.app_visitors import messages
from tests.browsers.bad_network import BadNetwork
from tests.browsers.chromium import Chromium
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

# The worker would keep all files at once.
WORKER = "/sw.js"
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
    chromium.page.reload()
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
