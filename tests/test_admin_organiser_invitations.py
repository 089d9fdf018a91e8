"""New organisers come by an owner's invitation: once, within days, with a second factor; strangers learn little."""

import re
from datetime import timedelta

import pytest
from django.conf import settings as project
from django.test import Client
from django.utils import timezone

from accounts.models import User
from campaigns.models import GuardedChange, OrganiserInvitation, Role
from campaigns.retention import forget
from tests.admin_pages import Organiser, page_of, parse, said
from tests.make import make_campaign, make_member, make_user
from tests.second_factors import PASSWORD, Confirmed, code_now, fall_back_codes

pytestmark = pytest.mark.django_db
NAME = "Réunion secrète"


def make_place(**values):
    campaign = make_campaign(name={"fr": NAME}, **values)
    return campaign, Organiser(make_member(campaign, user=make_user("camille")))


def invite(owner, campaign, role=Role.EDITOR):
    """The address that the owner's page shows."""
    page = owner.post(page_of(campaign, "organisers"), {"role": role}).content.decode()
    link = re.search(r'href="([^"]+/accounts/join/[^"]+)"', page)
    assert link
    assert "<svg" in page
    return link[1].removeprefix(project.SITE_URL)


def new_phone():
    return Client(headers={"Accept-Language": "en"})


def test_it_makes_an_account_and_an_organiser():
    campaign, owner = make_place()
    link, phone = invite(owner, campaign), new_phone()
    answer = phone.post(link, {"username": "eli", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == page_of(campaign)
    assert said(answer) == [f"You organise “{NAME}” now."]
    user = User.objects.get(username="eli")
    assert campaign.role_of(user) == Role.EDITOR
    assert (user.is_staff, user.is_superuser, user.email) == (True, False, "")


def test_it_lets_in_only_after_a_second_factor_was_set_up(settings):
    settings.REQUIRE_MFA = True
    campaign = make_campaign()
    owner = Confirmed(make_member(campaign))
    link, phone = invite(owner, campaign), new_phone()
    answer = phone.post(link, {"username": "eli", "password": PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/2fa/"
    # The password was typed a moment ago: it is not asked for again.
    assert phone.get("/accounts/2fa/totp/activate/").status_code == 200
    secret = phone.session["mfa.totp.secret"]
    answer = phone.post("/accounts/2fa/totp/activate/", {"code": code_now(secret)}, follow=True)
    codes = fall_back_codes(User.objects.get(username="eli"))
    assert len(codes) == 10
    assert codes[0] in answer.content.decode()
    asked = phone.get(page_of(campaign), follow=True)
    assert asked.redirect_chain[-1][0].startswith("/accounts/2fa/reauthenticate/")
    back = phone.post("/accounts/2fa/reauthenticate/", {**parse(asked).fields, "code": codes[0]}, follow=True)
    assert back.redirect_chain[-1][0] == page_of(campaign)
    assert back.status_code == 200


def test_it_works_once():
    campaign, owner = make_place()
    link = invite(owner, campaign)
    new_phone().post(link, {"username": "eli", "password": PASSWORD})
    late = new_phone()
    assert late.get(link).status_code == 410
    assert late.post(link, {"username": "eve", "password": PASSWORD}).status_code == 410
    assert not User.objects.filter(username="eve").exists()


def test_it_makes_no_account_when_somebody_was_faster():
    campaign, owner = make_place()
    invite(owner, campaign)
    invitation = OrganiserInvitation.objects.get()
    OrganiserInvitation.objects.all().delete()
    with pytest.raises(Exception, match="used already"):
        invitation.accept(make_user())
    assert campaign.memberships.count() == 1


@pytest.mark.parametrize("how", ["revoked", "too old", "unknown", "its owner left", "stop everything"])
def test_it_is_over(how):
    campaign, owner = make_place()
    link = invite(owner, campaign)
    if how == "revoked":
        revoke = f"{page_of(campaign, 'organisers')}invitations/{OrganiserInvitation.objects.get().pk}/revoke/"
        assert owner.press(revoke) == owner.press(revoke) == ["The invitation is revoked."]
    elif how == "too old":
        OrganiserInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "unknown":
        link = f"{link[:-4]}abcd"
    elif how == "its owner left":
        owner.user.memberships.update(role=Role.EDITOR)
    else:
        owner.press("/admin/campaigns/campaign/stop/")
    for answer in (new_phone().get(link), new_phone().post(link, {"username": "eli", "password": PASSWORD})):
        assert answer.status_code == 410
        assert "was used already, was revoked, or is too old" in answer.content.decode()
    assert not User.objects.filter(username="eli").exists()


def test_it_tells_a_stranger_neither_the_campaign_nor_who_invites():
    campaign, owner = make_place()
    page = new_phone().get(invite(owner, campaign))
    assert page.status_code == 200
    assert not [word for word in (NAME, "camille", campaign.slug, "editor") if word in page.content.decode()]
    assert OrganiserInvitation.objects.exists()


def test_it_stores_no_code():
    campaign, owner = make_place()
    code = invite(owner, campaign).rpartition("/")[2]
    row = OrganiserInvitation.objects.get()
    assert code not in str(vars(row))
    assert code not in owner.get(page_of(campaign, "organisers")).content.decode()


def test_it_takes_whoever_has_an_account_by_a_button():
    campaign, owner = make_place()
    link = invite(owner, campaign, Role.APPROVER)
    eli = Organiser(make_user("eli"))
    page = eli.get(link).content.decode()
    assert NAME in page
    assert "camille invites you" in page
    assert campaign.role_of(eli.user) is None
    assert eli.post(link, follow=True).redirect_chain[-1][0] == page_of(campaign)
    assert campaign.role_of(eli.user) == Role.APPROVER


def test_it_asks_whoever_has_an_account_for_the_second_factor_first(settings):
    campaign, owner = make_place()
    link = invite(owner, campaign)
    user = make_user("eli", password=PASSWORD)
    settings.REQUIRE_MFA = True
    eli = new_phone()
    eli.post("/accounts/login/", {"login": "eli", "password": PASSWORD})
    assert eli.post(link).url.startswith("/admin/login/?next=%2Faccounts%2Fjoin%2F")
    assert campaign.role_of(user) is None


def test_it_is_not_used_up_by_an_organiser_of_the_campaign():
    campaign, owner = make_place()
    link = invite(owner, campaign)
    answer = owner.post(link)
    assert answer.status_code == 409
    assert "already" in answer.content.decode()
    assert OrganiserInvitation.objects.exists()


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"username": "camille", "password": PASSWORD}, "Somebody has this name already."),
        ({"username": "e l i", "password": PASSWORD}, "valid username"),
        ({"username": "eli", "password": "short"}, "too short"),
        ({"username": "eli", "password": ""}, "Choose a password"),
        ({"username": "", "password": PASSWORD}, "This field is required"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_the_invitation(fields, reason):
    campaign, owner = make_place()
    link = invite(owner, campaign)
    page = new_phone().post(link, fields)
    assert page.status_code == 200
    assert reason in page.content.decode()
    assert parse(page).fields["username"] == fields["username"]
    assert OrganiserInvitation.objects.exists()
    assert User.objects.count() == 1


def test_it_goes_on_to_a_passkey_without_a_password():
    campaign, owner = make_place()
    link, phone = invite(owner, campaign), new_phone()
    answer = phone.post(link, {"username": "eli", "password": "", "passkey": "1"})
    assert answer.url == "/accounts/2fa/webauthn/add/"
    assert phone.get(answer.url).status_code == 200
    user = User.objects.get(username="eli")
    assert not user.has_usable_password()
    assert campaign.role_of(user) == Role.EDITOR


@pytest.mark.parametrize("role", [Role.APPROVER, Role.OWNER])
def test_it_lets_nobody_approve_by_one_owner_s_word_in_two_person_mode(role):
    campaign, owner = make_place(two_person=True)
    approver = Organiser(make_member(campaign, Role.APPROVER))
    link = invite(owner, campaign, role)
    answer = new_phone().post(link, {"username": "eli", "password": PASSWORD}, follow=True)
    assert "a second person has to confirm" in said(answer)[1]
    eli = User.objects.get(username="eli")
    assert campaign.role_of(eli) == Role.EDITOR
    confirm = f"{page_of(campaign).removesuffix('change/')}guarded/{GuardedChange.objects.get().pk}/confirm/"
    for nobody in (owner, Organiser(eli)):
        nobody.press(confirm)
    assert campaign.role_of(eli) == Role.EDITOR
    approver.press(confirm)
    assert campaign.role_of(eli) == role


def test_it_is_deleted_when_it_is_too_old():
    campaign, owner = make_place()
    invite(owner, campaign)
    forget(timezone.now() + timedelta(days=2))
    assert OrganiserInvitation.objects.exists()
    forget(timezone.now() + timedelta(days=4))
    assert not OrganiserInvitation.objects.exists()
