"""A campaign by link in a real Chromium: what opens it is kept and passed on, what was made up changes nothing."""

import pytest

from campaigns.models import Visibility
from tests.browsers.chromium import Chromium
from tests.make import make_campaign, make_hashtag_push
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

KEPT = """() => new Promise(resolve => {
  indexedDB.open("mobilise").onsuccess = ({target: {result}}) => {
    result.transaction("preferences").objectStore("preferences").get("links").onsuccess =
      ({target}) => { result.close(); resolve(target.result ?? null); };
  };
})"""
SHARE_SHEET = """
    Object.defineProperty(navigator, "share", { value: async given => { window.handed = given }, configurable: true });
"""


def test_the_key_that_opens_it_is_the_one_that_is_passed_on(chromium: Chromium, site: RunningSite) -> None:
    campaign = make_campaign(visibility=Visibility.LINK)
    action = make_hashtag_push(campaign)
    address, good = f"{site.origin}/a/{action.uuid}", {campaign.link_key: campaign.slug}
    chromium.page.add_init_script(SHARE_SHEET)

    # Straight to the action: which campaign it is of the phone learns there.
    chromium.open(f"{address}#link={campaign.link_key}")
    chromium.wait_for_text("Ce soir")
    chromium.until(lambda: chromium.run(KEPT) == good, "the key to be kept")
    chromium.page.get_by_role("tab", name="Transmettre").click()
    chromium.page.get_by_role("button", name="Transmettre…").click()
    assert chromium.run("() => window.handed.url") == f"{address}#link={campaign.link_key}"

    # Anybody may send somebody a link with a key of their own making.
    chromium.open(f"{site.origin}/c/{campaign.slug}#link={'x' * 22}")
    chromium.page.get_by_role("heading", name=campaign.name["fr"]).first.wait_for()
    chromium.until(lambda: chromium.run(KEPT) == good, "the one that was made up to be forgotten")

    # A new one takes the old one's place, once it is there.
    assert campaign.change_link(str(campaign.link_digest))
    chromium.open(f"{address}#link={campaign.link_key}")
    chromium.wait_for_text("Ce soir")
    chromium.until(lambda: chromium.run(KEPT) == {campaign.link_key: campaign.slug}, "the new key to be kept")
    assert chromium.foreign_requests(site.origin) == []
