"""Private by default, in real browsers: what a phone keeps is read before and after it is told to keep nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.models import Device, Subscription
from campaigns.models import Action, Follow
from tests.activists import follow_and_turn_alerts_on, press
from tests.browsers.autopush import Autopush
from tests.browsers.chromium import Chromium
from tests.browsers.firefox import Firefox
from tests.browsers.gcm import Gcm
from tests.browsers.page_scripts import HAS_BUTTON
from tests.browsers.waiting import wait_until
from tests.journeys import page_of
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

NOTHING = {"databases": [], "caches": [], "local": 0, "session": 0, "workers": 0, "subscribed": False}
# Everything that a page of the site can find of itself in the browser. Looking makes nothing.
STORAGE = """async () => {
  const workers = await navigator.serviceWorker.getRegistrations();
  const subscriptions = await Promise.all(workers.map(one => one.pushManager.getSubscription()));
  return {
    databases: (await indexedDB.databases()).map(one => one.name),
    caches: (await caches.keys()).map(name => name.replace(/^shell-.*/, 'shell')),
    local: localStorage.length, session: sessionStorage.length,
    workers: workers.length, subscribed: subscriptions.some(Boolean) };
}"""
# What is in the phone's memory, by store: its keys.
MEMORY = """async () => {
  const db = await new Promise(done => { indexedDB.open('mobilise').onsuccess = ({ target }) => done(target.result) });
  const found = {};
  for (const name of db.objectStoreNames) {
    const asked = db.transaction(name).objectStore(name).getAllKeys();
    const keys = await new Promise(done => { asked.onsuccess = () => done(asked.result) });
    if (keys.length) found[name] = keys;
  }
  db.close();
  return found;
}"""
ONLY_THE_SWITCH = {"preferences": ["keepNothing"]}


def rows() -> int:
    """What the server has of any device."""
    return Device.objects.count() + Follow.objects.count() + Subscription.objects.count()


def cut(browser: Any) -> Callable[[], object]:
    """No network for the page. Returns what brings it back.

    For Firefox nothing on this very machine is ever offline: the page's calls are made to fail, until it is closed.
    Chromium's driver waits for a worker that may be asleep: the page alone is told.
    """
    if isinstance(browser, Firefox):
        browser.run("() => { window.fetch = () => Promise.reject(new TypeError('no network')); }")
        return lambda: None
    devtools = browser.devtools()
    devtools.send("Network.enable")
    nothing = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    devtools.send("Network.emulateNetworkConditions", nothing)
    detach: Callable[[], object] = devtools.detach
    return detach


def erase(browser: Any, site: RunningSite, *, offline: bool = False) -> Callable[[], object]:
    browser.open(f"{site.origin}/settings/erase")
    browser.wait_for(HAS_BUTTON, "the button", "Tout effacer…")
    bring_back: Callable[[], object] = cut(browser) if offline else bool
    press(browser, "Tout effacer…", "Oui, tout effacer")
    return bring_back


def take_the_file(chromium: Chromium, site: RunningSite) -> Any:
    chromium.open(f"{site.origin}/settings/privacy")
    with chromium.page.expect_download() as download:
        chromium.click('button:has-text("Recevoir mes données")')
    chromium.wait_for_text("Le fichier est prêt.")
    return json.loads(Path(download.value.path()).read_text(encoding="utf-8"))


def write_a_draft(chromium: Chromium, site: RunningSite) -> None:
    live = Action.objects.filter(campaign__slug="500-signatures", kind="hashtag_push", state="published")
    now = [one for one in live.order_by("-starts_at") if one.is_open(one.starts_at)]
    chromium.open(page_of(site.origin, now[0].uuid))
    chromium.page.locator("textarea").first.fill("Mes mots à moi")
    chromium.wait_for(f"async () => Object.keys((await ({MEMORY})())).includes('drafts')", "the draft to be kept")


def agree_anew(chromium: Chromium, site: RunningSite) -> None:
    """To a text that has changed so much that no alert comes before."""
    Follow.objects.update(consent_version=settings.CONSENT_VALID_FROM - 1)
    chromium.open(f"{site.origin}/")
    chromium.wait_for_text("Les alertes de cette campagne sont arrêtées")
    chromium.click("a:has-text('Lire et répondre')")
    chromium.page.get_by_role("checkbox", name="J'accepte ces alertes").check()
    press(chromium, "J'accepte le nouveau texte")
    anew = Follow.objects.filter(consent_version=settings.CONSENT_VERSION)
    chromium.until(anew.exists, "the new agreement")
    chromium.open(f"{site.origin}/")
    chromium.wait_for_text("En ce moment")
    # The page was left in the middle of its answer: what the phone kept is shown until the server is heard.
    still = "() => document.querySelector('main').innerText.includes(\"Le texte de l'accord a changé\")"
    chromium.until(lambda: not chromium.run(still), "the question to be gone")


def test_a_phone_tells_all_keeps_nothing_and_forgets_everything(
    chromium: Chromium, gcm: Gcm, site: RunningSite
) -> None:
    follow_and_turn_alerts_on(chromium, site)
    chromium.open(f"{site.origin}/settings/campaigns")
    chromium.wait_for_text("Accord donné le")
    agree_anew(chromium, site)
    write_a_draft(chromium, site)

    # All of it as a file: what the server has and what only the phone has, and no way to reach the phone.
    told = take_the_file(chromium, site)
    assert [one["campaign"]["slug"] for one in told["server"]["kept"]["follows"]] == ["500-signatures"]
    assert told["phone"]["drafts"][0]["words"] == "Mes mots à moi"
    endpoint = Subscription.objects.get().keys.endpoint
    assert endpoint.rpartition("/")[2] not in json.dumps(told)

    # Nothing is kept: what was there goes at once, and neither page nor worker puts anything in its place.
    chromium.open(f"{site.origin}/settings/phone")
    chromium.page.get_by_role("checkbox", name="Ne rien garder ici").check()
    chromium.wait_for_text("Enregistré")
    assert chromium.run(MEMORY) == ONLY_THE_SWITCH
    assert Device.objects.get().keep_cards is False
    chromium.open(f"{site.origin}/alerts")
    press(chromium, "M'envoyer une alerte de test")
    chromium.wait_for_alert("Alerte d'essai")
    chromium.open(f"{site.origin}/")
    chromium.wait_for_text("En ce moment")
    bring_back = cut(chromium)
    chromium.page.reload()
    chromium.wait_for_text("Le réseau ne répond pas")
    assert chromium.run(MEMORY) == ONLY_THE_SWITCH
    assert chromium.run(STORAGE) == {**NOTHING, "databases": ["mobilise"], "caches": ["shell"], "workers": 1} | {
        "subscribed": True
    }

    # Erased without a network: the phone at once, the server when it is back.
    bring_back()
    bring_back = erase(chromium, site, offline=True)
    chromium.wait_for_text("Sa part sera effacée au retour du réseau.")
    left = chromium.run(STORAGE)
    assert (left["databases"], left["caches"], left["local"], left["subscribed"]) == ([], ["erase-on-server"], 0, False)
    assert [one["name"] for one in chromium.context.cookies()] == ["device"]
    assert Device.objects.count() == 1
    assert chromium.alerts() == []
    bring_back()
    chromium.wait_for_text("C'est effacé.")
    assert chromium.run(STORAGE) == NOTHING
    assert chromium.context.cookies() == []
    assert rows() == 0
    assert chromium.foreign_requests(site.origin) == []


def cookies_of(firefox: Firefox) -> list[str]:
    return [one["name"] for one in firefox.marionette.get_cookies()]


def test_firefox_forgets_everything_too(firefox: Firefox, autopush: Autopush, site: RunningSite) -> None:
    follow_and_turn_alerts_on(firefox, site)
    assert firefox.run(STORAGE)["subscribed"]
    erase(firefox, site)
    firefox.wait_for_text("C'est effacé.")
    assert firefox.run(STORAGE) == NOTHING
    assert cookies_of(firefox) == []
    assert rows() == 0
    wait_until(lambda: all(one.gone for one in autopush.subscriptions.values()), "the push service to know", seen=str)

    # Once more without a network, and the page is closed before there is one: the next opening finishes it.
    follow_and_turn_alerts_on(firefox, site)
    erase(firefox, site, offline=True)
    firefox.wait_for_text("Sa part sera effacée au retour du réseau.")
    left = firefox.run(STORAGE)
    assert left == {**NOTHING, "caches": ["erase-on-server"]}
    assert cookies_of(firefox) == ["device"]
    firefox.close_all_tabs()
    firefox.open(f"{site.origin}/c/500-signatures")
    firefox.wait_for_text("C'est effacé.")
    assert firefox.run(STORAGE) == NOTHING
    assert cookies_of(firefox) == []
    assert rows() == 0
