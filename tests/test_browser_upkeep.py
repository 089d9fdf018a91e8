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


# Another tab that writes keeps all who read waiting: as a phone's memory does that is slow.
HOLD = """milliseconds => new Promise(resolve => {
  indexedDB.open("mobilise").onsuccess = ({target: {result}}) => {
    const store = result.transaction("preferences", "readwrite").objectStore("preferences");
    const end = Date.now() + milliseconds;
    const again = () => { Date.now() < end ? store.count().onsuccess = again : result.close(); };
    again();
    resolve();
  };
})"""
CHOSEN = """() => new Promise(resolve => {
  indexedDB.open("mobilise").onsuccess = ({target: {result}}) => {
    result.transaction("preferences").objectStore("preferences").get("language").onsuccess =
      ({target}) => { result.close(); resolve(target.result); };
  };
})"""
SPEAKS = "language => document.documentElement.lang === language"


def test_a_slow_memory_costs_nobody_the_language_that_was_chosen(chromium: Chromium, site: RunningSite) -> None:
    settings = f"{site.origin}/settings/language"
    chromium.open(settings)
    chromium.page.get_by_role("combobox").first.select_option("en")
    chromium.wait_for(SPEAKS, "English", "en")
    chromium.until(lambda: chromium.run(CHOSEN) == "en", "the choice to be kept")
    held = chromium.page
    chromium.new_tab()
    held.evaluate(HOLD, 4000)
    chromium.open(settings)
    chromium.wait_for(SPEAKS, "the browser's own language meanwhile", "fr")
    chromium.wait_for_text("Langue")
    chromium.wait_for(SPEAKS, "the chosen one", "en")
    chromium.wait_for_text("Language")
    chromium.wait_for(REGISTERED, "what comes after the first screen")
    assert chromium.run(CHOSEN) == "en"
