"""Do alerts reach this phone? The check, and what is put right by itself, in real browsers with real push."""

from collections.abc import Callable
from datetime import datetime

import pytest

from accounts.models import Device, Subscription
from campaigns.models import Action
from tests.activists import follow_and_turn_alerts_on, press
from tests.browsers.autopush import Autopush
from tests.browsers.chromium import Chromium
from tests.browsers.firefox import Firefox
from tests.browsers.gcm import Gcm
from tests.browsers.page_checks import accessibility_violations
from tests.browsers.waiting import wait_until
from tests.delivering import ROOT
from tests.journeys import page_of
from tests.running_site import RunningSite

pytestmark = pytest.mark.browser

# Kept as build output: look at them.
PICTURES = ROOT / "var" / "screenshots" / "fr"
TEST = "Alerte d'essai"
LOSE = """() => navigator.serviceWorker.ready.then(worker => worker.pushManager.getSubscription())
    .then(subscription => subscription.unsubscribe())"""
# What the app puts on its icon: no phone is here to show it.
WATCH_BADGE = """
navigator.setAppBadge = async count => { globalThis.badge = count; };
navigator.clearAppBadge = async () => { globalThis.badge = 0; };
"""


def verified() -> Subscription | None:
    return Subscription.objects.filter(verified_on__isnull=False).first()


class Activist:
    """Somebody whose phone is a Chromium."""

    def __init__(self, chromium: Chromium, site: RunningSite, gcm: Gcm) -> None:
        self.chromium, self.site, self.gcm = chromium, site, gcm

    def open(self, path: str) -> None:
        self.chromium.open(f"{self.site.origin}{path}")

    def press(self, name: str) -> None:
        self.chromium.page.get_by_role("button", name=name, exact=True).first.tap()

    def wait_for_another(self, digest: bytes) -> bytes:
        """Until the server has a subscription that is not the one before, and alerts are proved to reach it."""

        def another() -> bytes:
            found = verified()
            return bytes(found.endpoint_digest) if found and bytes(found.endpoint_digest) != digest else b""

        seen = lambda: (list(Subscription.objects.values("host", "verified_on")), self.gcm.log[-5:])  # noqa: E731
        return self.chromium.until(another, "another verified subscription", seen=seen)

    def check(self, path: str = "/alerts/check") -> None:
        self.open(path)
        self.chromium.wait_for_text("Tout est en place.")

    def verdicts(self) -> list[str]:
        rows = self.chromium.page.locator("[data-verdict]").all()
        return [str(row.get_attribute("data-verdict")) for row in rows]

    def test_alert_arrives(self, times: int) -> None:
        """It is sent, shown, and the page has heard of it."""
        self.chromium.wait_for_text("L'avez-vous vue")
        shown = [alert.title for alert in self.chromium.alert_history()]
        assert shown.count(TEST) == times

    def answer_notifications(self, setting: str) -> Callable[[str], None]:
        """What the browser's own settings say from now on; and how to change it again."""
        # It holds as long as this session does.
        devtools = self.chromium.devtools()

        def answer(setting: str) -> None:
            given = {"permission": {"name": "notifications"}, "setting": setting, "origin": self.site.origin}
            devtools.send("Browser.setPermission", given)

        answer(setting)
        return answer

    def calendar_instead(self, path: str) -> None:
        """What an action offers where no alert comes; pictures of it, and no fault in it."""
        self.open(path)
        self.chromium.page.get_by_test_id("calendar-instead").first.wait_for()
        for width in (390, 320):
            self.chromium.set_width(width)
            self.chromium.screenshot(PICTURES / f"calendar-instead-{width}.png", whole_page=True)
        self.chromium.set_width(390)
        assert accessibility_violations(self.chromium) == []


def live_actions() -> int:
    """Of the demo's campaign, now."""
    shown = Action.objects.shown().filter(campaign__slug="500-signatures", state="published")
    return sum(one.starts_at <= datetime.now(one.zone) < one.ends_at for one in shown)


def test_what_was_lost_is_put_right_and_the_check_says_how_it_stands(
    chromium: Chromium, site: RunningSite, gcm: Gcm
) -> None:
    chromium.context.add_init_script(WATCH_BADGE)
    activist = Activist(chromium, site, gcm)
    follow_and_turn_alerts_on(chromium, site)
    first = activist.wait_for_another(b"")

    # All is well: each step says so, the test arrives, and the person saw it.
    activist.check()
    assert activist.verdicts() == ["good"] * 6
    activist.press("M'envoyer une alerte d'essai")
    activist.test_alert_arrives(1)
    activist.press("Oui")
    chromium.wait_for_text("Les alertes arrivent sur ce téléphone.")
    chromium.wait_for("count => globalThis.badge === count", "the number of live actions", live_actions())
    assert "fcm/send" not in chromium.page.content()

    # What the person's own settings hold back is told as such.
    Device.objects.update(quiet_start="00:00", quiet_end="23:59", lock_screen="discreet")
    activist.check()
    for hint in ("hint-quiet_now", "hint-discreet"):
        chromium.page.get_by_test_id(hint).wait_for()
    Device.objects.update(quiet_start=None, quiet_end=None, lock_screen="auto")

    # The browser loses its subscription: two tabs open at once, and make one new one between them.
    chromium.run(LOSE)
    made = len(gcm.subscriptions)
    chromium.close_all_tabs()
    tabs = [chromium.context.new_page() for _ in range(2)]
    for tab in tabs:
        tab.goto(f"{site.origin}/", wait_until="commit")
    chromium.page = tabs[0]
    second = activist.wait_for_another(first)
    assert len(gcm.subscriptions) == made + 1
    tabs[1].close()
    # Nobody was bothered: what says that alerts are back made no sound.
    assert [alert.title for alert in chromium.alert_history()].count("Alertes activées") == 1

    # The push service knows it no more (410), which nobody tells the phone: the test finds out.
    gcm.forget_subscriptions()
    activist.check()
    activist.press("M'envoyer une alerte d'essai")
    chromium.wait_for_text("L'abonnement est refait")
    activist.wait_for_another(second)
    chromium.wait_for_text("Tout est en place.")
    activist.press("Recommencer l'essai")
    activist.test_alert_arrives(2)
    activist.press("Non")
    chromium.wait_for_text("le téléphone l'a cachée")
    chromium.wait_for_text("Ne pas déranger")

    # The person takes the permission back: how to give it again, and the calendar meanwhile.
    permission = activist.answer_notifications("denied")
    activist.open("/alerts/check")
    chromium.wait_for_text("Voici comment les débloquer")
    assert activist.verdicts() == ["good", "wrong", *["unknown"] * 4]
    coming = Action.objects.shown().filter(campaign__slug="500-signatures", kind="rally_call").latest("starts_at")
    activist.calendar_instead(page_of("", coming.uuid))

    # And gives it again: alerts are back at the next opening, without a question.
    before = bytes(Subscription.objects.get().endpoint_digest) if Subscription.objects.exists() else b""
    permission("granted")
    activist.open("/")
    if not chromium.run("() => navigator.serviceWorker.ready.then(w => w.pushManager.getSubscription()).then(Boolean)"):
        activist.wait_for_another(before)
    activist.check()
    assert chromium.console_errors == []
    assert chromium.foreign_requests(site.origin) == []


def test_firefox_says_that_its_subscription_changed_and_the_worker_renews_it(
    firefox: Firefox, site: RunningSite, autopush: Autopush
) -> None:
    first = follow_and_turn_alerts_on(firefox, site).subscription

    # No tab is open, and Mozilla's service begins anew: Firefox tells the service worker.
    firefox.close_all_tabs()
    autopush.forget_browsers()
    renewed = Subscription.objects.filter(verified_on__isnull=False).exclude(endpoint_digest=first.endpoint_digest)
    wait_until(renewed.exists, "another verified subscription", seen=lambda: autopush.log[-20:])

    firefox.open(f"{site.origin}/alerts/check")
    firefox.wait_for_text("Tout est en place.")
    press(firefox, "M'envoyer une alerte d'essai")
    firefox.wait_for_alert(TEST)
    firefox.wait_for_text("L'avez-vous vue")
    press(firefox, "Oui")
    firefox.wait_for_text("Les alertes arrivent sur ce téléphone.")
    assert firefox.console_errors() == []
