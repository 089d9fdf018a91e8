"""An invited organiser with a passkey alone, in a real Chromium: makes the account, enters, signs in, confirms."""

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import User
from campaigns.models import OrganiserInvitation, Role
from mobilise.sessions import SessionStore
from tests.browsers.chromium import Chromium
from tests.make import make_campaign, make_member
from tests.running_site import RunningSite, StartSite

pytestmark = pytest.mark.browser

# A phone that shows who holds it by a fingerprint.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    """With second factors. Passkeys belong to a name, so it is visited as localhost."""
    site = start_site({"REQUIRE_MFA": "1", "DEBUG": "1", "ALLOWED_HOSTS": "127.0.0.1,localhost"})
    site.origin = site.origin.replace("127.0.0.1", "localhost")
    return site


@pytest.fixture
def page(chromium: Chromium) -> Page:
    devtools = chromium.context.new_cdp_session(chromium.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return chromium.page


def let_pass(chromium: Chromium, minutes: float) -> None:
    """The last confirmation of the browser's session is so much older."""
    key = next(cookie["value"] for cookie in chromium.context.cookies() if cookie["name"] == "session")
    session = SessionStore(session_key=key)
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{**record, "at": record["at"] - 60 * minutes} for record in records]
    session.save()


def test_it_takes_a_passkey_from_the_invitation_to_a_sensitive_act(
    page: Page, chromium: Chromium, site: RunningSite
) -> None:
    campaign = make_campaign()
    code = OrganiserInvitation.objects.make(campaign, Role.OWNER, make_member(campaign), timezone.now())
    page.goto(f"{site.origin}/accounts/join/{code}")
    page.fill("[name=username]", "eli")
    page.click("button[name=passkey]")
    page.click("#mfa_webauthn_add")
    # The codes to fall back on are shown to whoever has the passkey, at once.
    page.wait_for_url("**/2fa/webauthn/reauthenticate/**")
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url("**/2fa/recovery-codes/")
    user = User.objects.get(username="eli")
    assert (user.has_usable_password(), campaign.role_of(user)) == (False, Role.OWNER)

    page.goto(f"{site.origin}/admin/")
    page.wait_for_url(f"{site.origin}/admin/")
    page.click("#logout-form button")
    page.wait_for_url("**/accounts/login/")
    page.click("#passkey_login")
    page.wait_for_url(f"{site.origin}/admin/")

    organisers = f"{site.origin}/admin/campaigns/campaign/{campaign.pk}/organisers/"
    page.goto(organisers)
    let_pass(chromium, 16)
    page.click("button.go")
    page.wait_for_url("**/2fa/webauthn/reauthenticate/**")
    page.click("#mfa_webauthn_reauthenticate")
    page.wait_for_url(organisers)
    assert not OrganiserInvitation.objects.exists()
    page.click("button.go")
    page.locator(".invited .qr-code svg").wait_for()
    assert OrganiserInvitation.objects.count() == 1
    assert chromium.console_errors == []
