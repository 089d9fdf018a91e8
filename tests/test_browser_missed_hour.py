"""A hashtag whose hour passes while a real Chromium has no network: it is asked for as soon as there is one again."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from campaigns.models import HashtagPush
from tests.app_visitors import World, messages
from tests.browsers.bad_network import GONE, GOOD, BadNetwork
from tests.browsers.chromium import Chromium
from tests.browsers.waiting import wait_until
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

HOUR = timedelta(hours=1)
TEXTS = messages("fr")
AWAY = "[role=status].offline.shown"
FRONT = "() => document.dispatchEvent(new Event('visibilitychange'))"
ONLINE = "() => dispatchEvent(new Event('online'))"


@pytest.fixture
def network(site: RunningSite) -> Iterator[BadNetwork]:
    """What stands before the site."""
    network = BadNetwork(site.origin)
    yield network
    network.stop()


def reveal(world: World, push: HashtagPush, at: datetime) -> None:
    """Its hour is another, and waits until the site says what follows."""
    HashtagPush.objects.filter(pk=push.pk).update(reveal_at=at)
    path, told = f"actions/{push.uuid}", at < timezone.now()

    def says_so() -> bool:
        shown = world.ask(path)["hashtag_push"]
        return (shown["hashtag"] is not None) == told and shown["reveal_at"] is not None

    wait_until(says_so, "the hour to be another", seen=lambda: world.ask(path))


@pytest.mark.parametrize("comes_back", [ONLINE, FRONT], ids=["online", "front"])
def test_it_is_asked_for_at_once(chromium: Chromium, site: RunningSite, network: BadNetwork, comes_back: str) -> None:
    world, push = World(site), HashtagPush.objects.get(title__en="The hashtag, now")
    main = chromium.page.get_by_role("main")
    reveal(world, push, timezone.now() + HOUR)
    chromium.page.clock.install()
    chromium.open(f"{network.origin}/a/{push.uuid}")
    main.get_by_text(str(TEXTS["hashtag_hidden"]).split("{")[0]).wait_for()
    chromium.page.wait_for_load_state("networkidle")

    network.become(GONE)
    reveal(world, push, timezone.now() - timedelta(minutes=1))
    # The phone asks when the hour comes, and from then on no timer of it runs out: it does not ask again by itself.
    chromium.page.clock.pause_at(timezone.now() + 2 * HOUR)
    chromium.page.locator(AWAY).wait_for()
    network.become(GOOD)
    chromium.run(comes_back)

    main.get_by_text(f"#{push.hashtag}").first.wait_for()
