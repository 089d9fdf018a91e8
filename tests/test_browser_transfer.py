"""Moving to another phone, and from an iPhone's page into its icon, in real browsers: all is there, once."""

import re
from typing import Any

import pytest

from accounts.models import Device, Subscription
from campaigns.models import Campaign, Follow, Invitation, Participation, RallyCall, Tally, Visibility
from tests.browsers.chromium import Chromium
from tests.browsers.fixtures import StartChromium
from tests.browsers.page_checks import accessibility_violations, installability_errors, manifest_errors
from tests.delivering import ROOT
from tests.journeys import page_of
from tests.make import far, make_rally_call
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

PICTURES = ROOT / "var" / "screenshots"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile Safari/604.1"
SAY = "Object.defineProperty(navigator, %r, {get: () => %s});"


def follow(phone: Chromium, site: RunningSite) -> None:
    """The demo's campaign, from its page."""
    phone.open(f"{site.origin}/c/500-signatures")
    phone.page.get_by_role("checkbox", name="J'accepte ces alertes").check()
    phone.page.get_by_role("button", name="Suivre", exact=True).click()
    phone.wait_for_text("Vous suivez cette campagne")


def join(phone: Chromium, site: RunningSite) -> RallyCall:
    """A rally of the demo's campaign."""
    rally = make_rally_call(Campaign.objects.get(slug="500-signatures"))
    phone.open(page_of(site.origin, rally.uuid))
    phone.click('button:has-text("J\'y serai"), button:has-text("Je participe")')
    phone.until(Participation.objects.filter(action=rally).exists, "the part")
    return rally


def turn_alerts_on(phone: Chromium, site: RunningSite) -> None:
    phone.allow_notifications(site.origin)
    phone.open(f"{site.origin}/alerts")
    phone.page.get_by_role("button", name="Activer", exact=True).first.click()
    verified = Subscription.objects.filter(verified_on__isnull=False)
    phone.until(verified.exists, "the phone to be verified")


def keep_pictures(phone: Chromium, name: str) -> list[Any]:
    """In both schemes and widths; returns what is wrong with it."""
    faults: list[Any] = []
    language = str(phone.run("() => document.documentElement.lang"))
    for scheme in ("light", "dark"):
        phone.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of its literals
        for width in (390, 320):
            phone.set_width(width)
            phone.screenshot(PICTURES / language / f"{name}-{scheme}-{width}.png", whole_page=True)
            wide = phone.run("() => document.documentElement.scrollWidth > innerWidth")
            faults += [(name, scheme, width, "wider than the phone")] if wide else []
        phone.set_width(390)
        faults += [(name, scheme, found["id"], found["where"]) for found in accessibility_violations(phone)]
    phone.page.emulate_media(color_scheme="light")
    return faults


def make_code(phone: Chromium, site: RunningSite) -> str:
    phone.open(f"{site.origin}/settings")
    phone.page.get_by_role("link", name="Changer de téléphone").click()
    phone.page.get_by_role("button", name="Faire un code").click()
    phone.wait_for_text("Il sert une seule fois")
    return phone.page.locator(".code > span[aria-hidden]").evaluate_all(
        "groups => groups.map(group => group.textContent).join('-')"
    )


def test_to_another_phone_and_from_an_iphones_page_into_its_icon(
    start_chromium: StartChromium, site: RunningSite
) -> None:
    go_to_another_phone(start_chromium(), start_chromium(language="en-GB"), site)
    go_into_the_icon(start_chromium(), start_chromium(language="en-GB"), site)


def go_to_another_phone(old: Chromium, new: Chromium, site: RunningSite) -> None:
    """Phone A follows and joins, its code is typed on B: B has it all, A has nothing, the count stays."""
    follow(old, site)
    rally = join(old, site)
    turn_alerts_on(old, site)
    # A moment after the phone is verified, its part counts.
    counted = Participation.objects.filter(action=rally, verified=True)
    old.until(counted.exists, "the part to be counted")
    sums = Tally.objects.sums(rally)
    code = make_code(old, site)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}", code)
    assert code not in old.url

    # The camera's link asks first, and leaves no trace of the code in the address.
    new.open(f"{site.origin}/transfer#code={code}")
    new.wait_for_text("Take everything over?")
    assert new.url == f"{site.origin}/transfer"
    new.page.get_by_role("button", name="Change nothing").click()
    new.wait_for_text("Live now")
    assert Follow.objects.get().device == Subscription.objects.get().device

    new.open(f"{site.origin}/transfer")
    new.wait_for_text("I have a code")
    field = new.page.get_by_label("Code shown on the other phone")
    field.fill("K7QM")
    field.press("Enter")
    new.wait_for_text("A code has 12 letters and digits.")
    field.fill(f" {code.lower().replace('-', ' ')} ".replace("0", "o"))
    field.press("Enter")
    # It speaks French now: the language came along too.
    new.wait_for_text("Tout est ici.")
    new.wait_for_text("1 campagne suivie")
    new.wait_for_text("1 participation")
    assert new.run("() => document.activeElement.tagName") == "H1"

    old.wait_for_text("Tout est sur l'autre téléphone.")
    assert keep_pictures(old, "transfer-moved") == []
    assert Device.objects.count() == 1
    assert not Subscription.objects.exists()
    assert Tally.objects.sums(rally) == sums
    old.page.get_by_role("link", name="Continuer ici, sans rien").click()
    old.open(f"{site.origin}/settings/campaigns")
    old.wait_for_text("Aucune pour l'instant.")
    new.open(page_of(site.origin, rally.uuid))
    new.wait_for_text("Vous y serez")
    turn_alerts_on(new, site)
    assert Tally.objects.sums(rally)["joined"]["total"] == sums["joined"]["total"]
    assert [old.console_errors, new.console_errors] == [
        [error for error in old.console_errors if "401" in error],
        [error for error in new.console_errors if "401" in error],
    ]
    assert old.foreign_requests(site.origin) + new.foreign_requests(site.origin) == []


def go_into_the_icon(tab: Chromium, icon: Chromium, site: RunningSite) -> None:
    """The manifest's start_url, opened in another profile, starts with what the page had."""
    closed = Campaign.objects.create(
        slug="entre-nous",
        name={"fr": "Entre nous"},
        run_by={"fr": "Nous"},
        contact="x",
        published=True,
        visibility=Visibility.INVITATION,
    )
    invitation = Invitation.objects.make(closed, uses=1, expires_at=far(24))
    for phone, standalone in ((tab, "undefined"), (icon, "true")):
        phone.context.add_init_script(SAY % ("userAgent", repr(IPHONE)) + SAY % ("standalone", standalone))
    tab.open(f"{site.origin}/c/entre-nous#invitation={invitation}")
    tab.wait_for_text("invitation")
    follow(tab, site)
    rally = join(tab, site)
    sums, devices = Tally.objects.sums(rally), Device.objects.count()

    link = "() => document.querySelector('link[rel=manifest]').getAttribute('href')"
    address = str(tab.wait_for(f"() => ({link})().includes('icon=') && ({link})()", "the page's own manifest"))
    assert (manifest_errors(tab), installability_errors(tab)) == ([], [])
    # As the browser fetches it: without cookies. Again and again it is the same.
    read = "address => fetch(address, {credentials: 'omit'}).then(answer => answer.json())"
    first, again = tab.run(read, address), tab.run(read, address)
    start = first["start_url"]
    assert (first, first["id"], "#code=" in start) == (again, "/", True)

    icon.open(f"{site.origin}{start}")
    icon.wait_for_text("En ce moment")
    assert icon.url == f"{site.origin}/"
    icon.wait_for_text("invitation")
    assert Device.objects.count() == devices
    assert Tally.objects.sums(rally) == sums
    icon.open(page_of(site.origin, rally.uuid))
    icon.wait_for_text("Vous y serez")
    # Each start brings the code again: it just opens, without a network too.
    icon.open(f"{site.origin}{start}")
    icon.wait_for_text("En ce moment")
    assert icon.url == f"{site.origin}/"

    tab.open(f"{site.origin}/")
    tab.wait_for_text("Tout est dans l'icône.")
    assert keep_pictures(tab, "transfer-icon") == []
