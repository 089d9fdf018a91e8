"""A second person with a real Chromium on the phone: asked by push, led through the sign-in, one tap."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import OrganiserDevice, TieCode, User
from campaigns.models import Action, Alert, AlertState, Campaign
from tests.activists import follow_and_turn_alerts_on
from tests.browsers.chromium import Chromium
from tests.browsers.page_checks import accessibility_violations
from tests.delivering import ROOT
from tests.make import make_alert
from tests.running_site import PASSWORD, RunningSite

pytestmark = pytest.mark.browser

PICTURE = ROOT / "var" / "screenshots" / "admin-approval.png"
QUESTION = "Votre accord est demandé"


def tie_phone(chromium: Chromium, site: RunningSite, user: User) -> None:
    """Alerts on, then the link that the organiser made in the admin."""
    follow_and_turn_alerts_on(chromium, site)
    chromium.wait_for_alert("Alertes activées")
    code = TieCode.objects.make(user, timezone.now())
    chromium.open(f"{site.origin}/accounts/tie/{code}")
    chromium.click("main form button")
    chromium.page.get_by_role("link", name="Ouvrir l'application").wait_for()
    assert OrganiserDevice.objects.exists()


def make_waiting_alert() -> Alert:
    """The demo's owner scheduled it; it goes to more devices than one person may send to."""
    Campaign.objects.filter(slug="500-signatures").update(two_person=True, two_person_above=0)
    action = Action.objects.filter(campaign__slug="500-signatures", kind="rally_call", state="published").latest("pk")
    now = timezone.now()
    alert = make_alert(action, send_at=now + timedelta(hours=1), expires_at=now + timedelta(hours=2))
    alert.schedule(User.objects.get(username="demo"), now, needs_approval=True)
    return alert


def test_it_is_asked_looks_and_approves_on_the_phone(chromium: Chromium, site: RunningSite) -> None:
    approver = site.make_organiser("demo2")
    tie_phone(chromium, site, approver)
    chromium.close_all_tabs()

    alert = make_waiting_alert()

    asked = chromium.wait_for_alert("Mobilise")
    assert QUESTION in asked.text
    assert alert.title["fr"] not in asked.text
    chromium.click_alert("Mobilise")
    page = f"{site.origin}/admin/campaigns/rallycall/{alert.action_id}/alerts/{alert.pk}/approval/"
    chromium.wait_for_tab(lambda url: url.startswith(f"{site.origin}/accounts/login/"))
    chromium.page.locator("input[name=login]").fill("demo2")
    chromium.page.locator("input[name=password]").fill(PASSWORD)
    chromium.page.locator("form button[type=submit]").first.click()
    chromium.page.wait_for_url(page)
    chromium.page.get_by_text(alert.body["fr"]).first.wait_for()
    assert accessibility_violations(chromium) == []
    assert not chromium.run("() => document.documentElement.scrollWidth > innerWidth")
    chromium.screenshot(PICTURE, whole_page=True)

    chromium.click("button[value=approve]")
    chromium.page.get_by_text("est approuvée et programmée").wait_for()
    assert Alert.objects.get(pk=alert.pk).state == AlertState.SCHEDULED
    assert chromium.console_errors == []
    assert chromium.foreign_requests(site.origin) == []
