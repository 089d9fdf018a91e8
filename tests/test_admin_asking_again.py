"""Sensitive acts ask for the second factor again when it was last used over fifteen minutes ago."""

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import User
from campaigns.models import Alert, GuardedChange, Role
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_member,
    make_subscription,
    make_user,
)
from tests.second_factors import PASSWORD, Confirmed, code_now, fall_back_codes, let_pass

pytestmark = pytest.mark.django_db
REAUTHENTICATE = "/accounts/2fa/reauthenticate/"


@pytest.fixture
def _mfa(settings):
    settings.REQUIRE_MFA = True


def make_waiting_alert():
    """An alert that waits for the approval of a second person, and that person's membership."""
    campaign = make_campaign(two_person=True, two_person_above=0)
    device = make_device()
    make_follow(campaign, device)
    make_subscription(device)
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    owner = make_member(campaign)
    Organiser(owner).send(page_of(push), "_schedule", str(alert.pk))
    alert.refresh_from_db()
    return alert, page_of(push, "approval", alert.pk), make_member(campaign, Role.APPROVER)


def test_it_does_not_ask_soon_after_signing_in(settings):
    alert, approve, user = make_waiting_alert()
    settings.REQUIRE_MFA = True
    approver = Confirmed(user)
    let_pass(approver, 14.9)
    approver.press(approve, answer="approve", digest=alert.digest)
    assert Alert.objects.get(pk=alert.pk).state == "scheduled"


@pytest.mark.parametrize("way", ["app", "paper"])
def test_it_asks_later_and_leads_back_to_the_button(settings, way):
    alert, approve, user = make_waiting_alert()
    settings.REQUIRE_MFA = True
    approver = Confirmed(user)
    let_pass(approver, 15)
    asked = approver.post(approve, {"answer": "approve", "digest": alert.digest}, follow=True)
    assert asked.redirect_chain[-1][0].partition("?")[0] == REAUTHENTICATE
    assert "then press the button again" in asked.content.decode()
    assert Alert.objects.get(pk=alert.pk).state == "awaiting"
    code = code_now(approver.secret) if way == "app" else fall_back_codes(user)[0]
    back = approver.post(REAUTHENTICATE, {**parse(asked).fields, "code": code}, follow=True)
    assert back.redirect_chain[-1][0] == approve
    # Coming back is a GET: it does nothing but show the button.
    assert Alert.objects.get(pk=alert.pk).state == "awaiting"
    assert "approve" in [button.get("value") for button in parse(back).buttons]
    assert parse(back).fields["digest"] == alert.digest
    approver.press(approve, answer="approve", digest=alert.digest)
    assert Alert.objects.get(pk=alert.pk).state == "scheduled"


def test_it_takes_no_password_for_it(settings):
    alert, approve, user = make_waiting_alert()
    settings.REQUIRE_MFA = True
    thief = Confirmed(user)
    let_pass(thief, 16)
    answer = thief.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": approve})
    assert answer.url.partition("?")[0] == REAUTHENTICATE
    thief.post(approve, {"answer": "approve", "digest": alert.digest})
    thief.post(REAUTHENTICATE, {"code": "000000", "next": approve})
    thief.post(approve, {"answer": "approve", "digest": alert.digest})
    assert Alert.objects.get(pk=alert.pk).state == "awaiting"


def test_it_asks_nothing_where_there_are_no_second_factors():
    alert, approve, user = make_waiting_alert()
    Organiser(user).press(approve, answer="approve", digest=alert.digest)
    assert Alert.objects.get(pk=alert.pk).state == "scheduled"


@pytest.mark.usefixtures("_mfa")
def test_it_asks_before_a_guarded_change():
    campaign = make_campaign(two_person=True)
    change = GuardedChange.objects.propose(campaign, make_member(campaign))
    approver = Confirmed(make_member(campaign, Role.APPROVER))
    confirm = f"{page_of(campaign)[: -len('change/')]}guarded/{change.pk}/confirm/"
    let_pass(approver, 15)
    approver.post(confirm)
    assert GuardedChange.objects.exists()
    approver.post(REAUTHENTICATE, {"code": code_now(approver.secret)})
    approver.post(confirm)
    assert not GuardedChange.objects.exists()


@pytest.mark.usefixtures("_mfa")
def test_it_does_not_ask_for_what_is_urgent_or_everyday():
    campaign = make_campaign()
    push = make_hashtag_push(campaign)
    alert = make_alert(push, send_at=far(1), expires_at=far(2))
    owner = Confirmed(make_member(campaign))
    let_pass(owner, 60)
    owner.send(page_of(push), "_schedule", str(alert.pk))
    assert Alert.objects.get(pk=alert.pk).state == "scheduled"
    owner.press(page_of(push, "alert", alert.pk, "cancel"))
    assert Alert.objects.get(pk=alert.pk).state == "cancelled"


@pytest.mark.usefixtures("_mfa")
@pytest.mark.parametrize("page", ["totp/deactivate/", "recovery-codes/generate/", "webauthn/add/"])
def test_it_asks_before_the_second_factor_is_changed(page):
    organiser = Confirmed(make_member(make_campaign()))
    answer = organiser.post(f"/accounts/2fa/{page}", {})
    assert answer.url.partition("?")[0] == REAUTHENTICATE
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}


@pytest.mark.usefixtures("_mfa")
@pytest.mark.parametrize("page", ["add/", "{pk}/change/", "{pk}/password/", "{pk}/delete/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_it_asks_before_accounts_are_changed(page, method):
    other = make_user("camille")
    administrator = Confirmed(make_user(is_superuser=True))
    address = f"/admin/accounts/user/{page.format(pk=other.pk)}"
    assert administrator.get(address).status_code == 200
    let_pass(administrator, 15)
    data = {"username": "new", "password1": PASSWORD, "password2": PASSWORD, "post": "yes", "_save": "1"}
    answer = getattr(administrator, method)(address, data, follow=True)
    assert answer.redirect_chain[-1][0].partition("?")[0] == REAUTHENTICATE
    assert sorted(User.objects.values_list("username", flat=True)) == sorted(["camille", administrator.user.username])
    assert User.objects.get(pk=other.pk).password == other.password


@pytest.mark.usefixtures("_mfa")
def test_it_asks_before_somebody_else_s_second_factor_is_removed():
    other = Confirmed(make_user())
    administrator = Confirmed(make_user(is_superuser=True))
    remove = f"/admin/accounts/user/{other.user.pk}/reset-second-factor/"
    let_pass(administrator, 15)
    asked = administrator.post(remove, follow=True)
    back = administrator.post(REAUTHENTICATE, {**parse(asked).fields, "code": code_now(administrator.secret)})
    assert back.url == f"/admin/accounts/user/{other.user.pk}/change/"
    assert Authenticator.objects.filter(user=other.user).exists()
    assert "at the next entry" in said(administrator.post(remove, follow=True))[0]
    assert not Authenticator.objects.filter(user=other.user).exists()
