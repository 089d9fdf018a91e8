"""A page that is open while the site is upgraded twice: its screens are nowhere any more; it becomes the new one."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from campaigns.models import Action
from tests.app_visitors import messages
from tests.browsers.chromium import Chromium
from tests.browsers.upgrades import UpgradedSite
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

TEXTS = messages("fr")
WORDS = "Cinq cents, c'est possible."
BUILD = "() => document.querySelector('script[type=module]').src"
UPDATE = "async () => (await navigator.serviceWorker.getRegistration()).update().then(() => true)"
# The worker that has these files, and it alone, is in charge.
IN_CHARGE = """async (name) => {
  const { active, installing, waiting } = (await navigator.serviceWorker.getRegistration()) ?? {};
  const ready = !installing && !waiting && active?.state === "activated";
  return ready && navigator.serviceWorker.controller === active && Boolean(await caches.match(name));
}"""
KEPT_DRAFT = """(words) => new Promise((done) => {
  const asked = indexedDB.open("mobilise");
  asked.onsuccess = () => {
    const all = asked.result.transaction("drafts").objectStore("drafts").getAll();
    all.onsuccess = () => done(all.result.some((draft) => draft.words === words));
  };
})"""

WRITTEN = "(words) => [...document.querySelectorAll('textarea')].some(({ value }) => value === words)"
# Heard after the app has: what it does about it has begun then.
OUTDATED = """() => {
  window.outdated = 0;
  navigator.serviceWorker.addEventListener("message", ({ data }) => (window.outdated += data.type === "outdated"));
}"""


@pytest.fixture
def upgraded(site: RunningSite) -> Iterator[UpgradedSite]:
    """What stands before the site."""
    upgraded = UpgradedSite(site.origin, Path(settings.FRONTEND_DIST) / "assets")
    yield upgraded
    upgraded.stop()


def until_in_charge(chromium: Chromium, upgraded: UpgradedSite) -> None:
    entry = next((Path(settings.FRONTEND_DIST) / "assets").glob("index-*.js")).name
    chromium.wait_for(IN_CHARGE, "this build's worker", f"/assets/{upgraded.name(entry)}")


def open_room(chromium: Chromium, upgraded: UpgradedSite) -> None:
    """Of a push that runs, with this build's worker in charge."""
    push = Action.objects.get(title__en="The hashtag, now")
    chromium.open(f"{upgraded.origin}/a/{push.uuid}")
    until_in_charge(chromium, upgraded)


def upgrade_twice(chromium: Chromium, upgraded: UpgradedSite) -> None:
    """Under the open page, which stays of the first build."""
    for _ in range(2):
        upgraded.build += 1
        chromium.wait_for(UPDATE, "the update")
        until_in_charge(chromium, upgraded)
    assert ".build1." in chromium.run(BUILD)


def test_it_is_loaded_anew_once_and_keeps_what_was_written(chromium: Chromium, upgraded: UpgradedSite) -> None:
    open_room(chromium, upgraded)
    chromium.page.get_by_role("textbox").first.fill(WORDS)
    chromium.wait_for(KEPT_DRAFT, "the draft to be kept", WORDS)
    upgrade_twice(chromium, upgraded)

    loads: list[Any] = []
    chromium.page.on("load", lambda page: loads.append(page))
    chromium.page.get_by_role("link", name=str(TEXTS["rights_title"])).first.tap()
    chromium.page.get_by_role("heading", name="Contrôle d'identité").wait_for()
    assert chromium.page.url.startswith(f"{upgraded.origin}/rights")
    assert ".build3." in chromium.run(BUILD)
    chromium.page.go_back()
    chromium.wait_for(WRITTEN, "the words", WORDS)
    # Loaded anew once; going back is the app's own.
    assert len(loads) == 1


def test_where_nothing_is_kept_it_stays_with_what_was_written(chromium: Chromium, upgraded: UpgradedSite) -> None:
    """The page is all that holds the words: loaded anew by itself, it would lose them."""
    chromium.open(f"{upgraded.origin}/settings/phone")
    chromium.page.get_by_role("checkbox", name=str(TEXTS["keep_nothing"])).check()
    chromium.wait_for_text(str(TEXTS["saved"]))
    open_room(chromium, upgraded)
    chromium.page.get_by_role("textbox").first.fill(WORDS)
    upgrade_twice(chromium, upgraded)
    chromium.run(OUTDATED)

    chromium.page.get_by_role("link", name=str(TEXTS["rights_title"])).first.tap()
    chromium.wait_for("() => window.outdated > 0", "the worker's word that the page is too old")
    chromium.page.get_by_role("button", name=str(TEXTS["retry"])).wait_for()
    chromium.page.go_back()
    chromium.wait_for(WRITTEN, "the words", WORDS)
    assert ".build1." in chromium.run(BUILD)
