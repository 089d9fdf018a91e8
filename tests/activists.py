"""What activists do in the app, by the words on the screen, in either browser."""

from accounts.models import Device, Subscription
from tests.browsers.chromium import Chromium
from tests.browsers.firefox import Firefox
from tests.browsers.page_scripts import CHECK_ALL, HAS_BUTTON, PRESS
from tests.running_site import RunningSite

Browser = Chromium | Firefox
DEMO = "/c/500-signatures"


def press(browser: Browser, *names: str) -> None:
    """Each of these buttons, once it is there."""
    for name in names:
        browser.wait_for(HAS_BUTTON, f"the button {name!r}", name)
        browser.run(PRESS, name)


def follow(browser: Browser, site: RunningSite) -> None:
    """The demo's campaign, with the consent given."""
    browser.open(f"{site.origin}{DEMO}")
    browser.wait_for(HAS_BUTTON, "the form to follow with", "Suivre")
    browser.run(CHECK_ALL)
    press(browser, "Suivre")


def follow_and_turn_alerts_on(browser: Browser, site: RunningSite) -> Device:
    """And alerts are turned on; the verification push arrives and is answered. Returns the phone."""
    browser.allow_notifications(site.origin)
    follow(browser, site)
    press(browser, "Activer")
    verified = Subscription.objects.filter(verified_on__isnull=False)
    browser.until(verified.exists, "the phone to be verified", seen=lambda: site.log.read_text()[-2000:])
    return Device.objects.get(subscription__verified_on__isnull=False)
