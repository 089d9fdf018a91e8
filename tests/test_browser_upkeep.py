"""What the app does once its first screen is there comes in a file of its own: what if that does not come."""

import pytest
from playwright.sync_api import Route

from tests.browsers.chromium import Chromium
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

FILE = "**/assets/upkeep-*.js"
SAID = "() => document.querySelector('.offline.shown') !== null"
UNSAID = "() => document.querySelector('.offline:not(.shown)') !== null"
REGISTERED = "async () => (await navigator.serviceWorker.getRegistration()) !== undefined"


def test_it_says_so_and_fetches_it_again(chromium: Chromium, site: RunningSite) -> None:
    def lose(route: Route) -> None:
        route.abort()

    chromium.page.route(FILE, lose)
    chromium.open(site.origin)
    chromium.wait_for(SAID, "the word that there is no network")
    assert not chromium.run(REGISTERED)
    chromium.page.unroute(FILE, lose)
    chromium.wait_for(REGISTERED, "the worker to be registered")
    chromium.wait_for(UNSAID, "that word to go")
