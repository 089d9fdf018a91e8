"""A stolen session that wants to send to everybody: how far it comes, in each role, and what it leaves behind."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone

from accounts.models import User
from campaigns.delivery.beginning import begin
from campaigns.models import Alert, GuardedChange, Role
from tests.admin_pages import Organiser, page_of, parse
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_followers,
    make_hashtag_push,
    make_member,
    make_user,
)
from tests.second_factors import PASSWORD, Confirmed, let_pass

pytestmark = pytest.mark.django_db


def make_target(**values):
    """A campaign in two-person mode with followers, an alert that is due, and the page of its push."""
    campaign = make_campaign(two_person=True, two_person_above=2, **values)
    make_followers(campaign, 12)
    push = make_hashtag_push(campaign)
    return campaign, page_of(push), make_alert(push, send_at=timezone.now(), expires_at=far(2)), push


def state_of(alert):
    begin(alert.pk, timezone.now())
    return Alert.objects.get(pk=alert.pk).state


def approve(client, push, alert):
    digest = Alert.objects.get(pk=alert.pk).digest
    return client.post(page_of(push, "approval", alert.pk), {"answer": "approve", "digest": digest}, follow=True)


@pytest.mark.parametrize("role", Role.values)
def test_it_does_not_approve_what_it_scheduled(role):
    campaign, page, alert, push = make_target()
    make_member(campaign, Role.APPROVER)
    thief = Organiser(make_member(campaign, role))
    thief.send(page, "_schedule", str(alert.pk))
    approve(thief, push, alert)
    assert state_of(alert) == "awaiting"


def test_it_does_not_loosen_the_mode_alone():
    campaign, page, alert, _ = make_target()
    make_member(campaign, Role.APPROVER)
    thief = Organiser(make_member(campaign))
    fields = {
        name: text for name, text in parse(thief.get(page_of(campaign))).fields.items() if "__prefix__" not in name
    }
    thief.post(page_of(campaign), {**fields, "two_person_above": "1000000", "_save": "1"})
    del fields["two_person"]
    thief.post(page_of(campaign), {**fields, "_save": "1"})
    thief.press(f"{page_of(campaign).removesuffix('change/')}guarded/{GuardedChange.objects.get().pk}/confirm/")
    campaign.refresh_from_db()
    assert (campaign.two_person, campaign.two_person_above) == (True, 2)
    thief.send(page, "_schedule", str(alert.pk))
    assert state_of(alert) == "awaiting"


def test_it_does_not_approve_by_an_account_that_it_invites():
    campaign, page, alert, push = make_target()
    make_member(campaign, Role.APPROVER)
    thief = Organiser(make_member(campaign))
    link = re.search(
        r"/accounts/join/[\w-]+", thief.post(page_of(campaign, "organisers"), {"role": "owner"}).content.decode()
    )
    assert link
    accomplice = Client(headers={"Accept-Language": "en"})
    accomplice.post(link[0], {"username": "accomplice", "password": PASSWORD})
    member = User.objects.get(username="accomplice").memberships.get()
    thief.post(f"{page_of(campaign, 'organisers')}{member.pk}/role/", {"role": "approver"})
    for change in GuardedChange.objects.all():
        for client in (thief, accomplice):
            client.post(f"{page_of(campaign).removesuffix('change/')}guarded/{change.pk}/confirm/")
    thief.send(page, "_schedule", str(alert.pk))
    approve(accomplice, push, alert)
    assert campaign.role_of(member.user) == Role.EDITOR
    assert state_of(alert) == "awaiting"


def test_it_does_not_approve_another_s_alert_without_the_second_factor(settings):
    campaign, page, alert, push = make_target()
    Organiser(make_member(campaign)).send(page, "_schedule", str(alert.pk))
    settings.REQUIRE_MFA = True
    thief = Confirmed(make_member(campaign, Role.APPROVER))
    let_pass(thief, 16)
    answer = approve(thief, push, alert)
    assert answer.redirect_chain[-1][0].startswith("/accounts/2fa/reauthenticate/")
    assert state_of(alert) == "awaiting"


def test_it_does_not_stay_by_another_second_factor_or_password(settings):
    settings.REQUIRE_MFA = True
    thief = Confirmed(make_member(make_campaign()))
    let_pass(thief, 16)
    for page in ("totp/deactivate/", "recovery-codes/", "recovery-codes/download/", "webauthn/add/"):
        assert thief.get(f"/accounts/2fa/{page}").url.startswith("/accounts/2fa/reauthenticate/"), page
    new = {"oldpassword": "guessed", "password1": "another fifteen words", "password2": "another fifteen words"}
    assert thief.post("/accounts/password/change/", new).status_code == 200
    assert User.objects.get(pk=thief.user.pk).check_password(PASSWORD)


def test_it_sets_no_password_for_an_account_that_has_none(settings):
    settings.REQUIRE_MFA = True
    thief = Confirmed(make_member(make_campaign()))
    User.objects.filter(pk=thief.user.pk).update(password="!none")
    thief.user.refresh_from_db()
    session = thief.session
    session["_auth_user_hash"] = thief.user.get_session_auth_hash()
    session.save()
    let_pass(thief, 16)
    new = {"password1": "another fifteen words", "password2": "another fifteen words"}
    assert thief.post("/accounts/password/set/", new).url.startswith("/accounts/2fa/reauthenticate/")
    assert not User.objects.get(pk=thief.user.pk).has_usable_password()


def test_it_adds_no_address_by_which_a_password_could_be_set(settings):
    settings.REQUIRE_MFA = True
    thief = Confirmed(make_member(make_campaign()))
    let_pass(thief, 16)
    answer = thief.post("/accounts/email/", {"email": "thief@example.org", "action_add": "1"})
    assert "cannot add an email address" in answer.content.decode()
    assert not EmailAddress.objects.exists()


def test_it_leaves_its_traces_in_the_log_and_cannot_wipe_them():
    campaign, page, alert, _ = make_target()
    thief = Organiser(make_member(campaign, user=make_user("camille")))
    thief.send(page, "_schedule", str(alert.pk))
    log = page_of(campaign, "audit")
    for method in ("post", "put", "patch", "delete"):
        getattr(thief, method)(log)
    entry = campaign.audit_entries.get()
    assert (entry.act, entry.actor) == ("approval_asked", "camille")
    assert "Dix-huit heures." in entry.text
