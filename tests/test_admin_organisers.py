"""Who organises a campaign: roles and leaving, on a page for its owners, by the rules of the two-person mode."""

import pytest
from django.test import Client

from campaigns.models import GuardedChange, Membership, Role
from tests.admin_pages import Organiser, page_of
from tests.make import make_campaign, make_member, make_user
from tests.second_factors import Confirmed, let_pass

pytestmark = pytest.mark.django_db


def make_place(*, two_person=False):
    """A campaign with an owner at the admin, the address of its organisers, an approver and an editor."""
    campaign = make_campaign(two_person=two_person)
    owner = Organiser(make_member(campaign, user=make_user("camille")))
    approver = make_member(campaign, Role.APPROVER, make_user("ada"))
    editor = make_member(campaign, Role.EDITOR, make_user("eli"))
    return campaign, owner, page_of(campaign, "organisers"), approver, editor


def change(owner, page, user, role):
    return owner.press(f"{page}{user.memberships.get().pk}/role/", role=role)


def remove(owner, page, user):
    return owner.press(f"{page}{user.memberships.get().pk}/remove/")


def test_it_changes_a_role():
    campaign, owner, page, _, editor = make_place()
    assert change(owner, page, editor, Role.APPROVER) == ["eli has another role now."]
    assert campaign.role_of(editor) == Role.APPROVER


def test_it_removes_an_organiser():
    campaign, owner, page, approver, _ = make_place()
    assert remove(owner, page, approver) == ["ada is no organiser of this campaign any more."]
    assert campaign.role_of(approver) is None


def test_it_keeps_an_owner():
    campaign, owner, page, _, _ = make_place()
    assert change(owner, page, owner.user, Role.EDITOR) == ["A campaign keeps at least one owner."]
    assert remove(owner, page, owner.user) == ["A campaign keeps at least one owner."]
    assert campaign.role_of(owner.user) == Role.OWNER


def test_it_lets_an_owner_leave_when_another_stays():
    campaign, owner, page, _, _ = make_place()
    make_member(campaign)
    remove(owner, page, owner.user)
    assert campaign.role_of(owner.user) is None
    assert owner.get(page).status_code == 404


@pytest.mark.parametrize("role", [Role.APPROVER, Role.OWNER])
def test_it_only_proposes_that_somebody_may_approve_in_two_person_mode(role):
    campaign, owner, page, approver, editor = make_place(two_person=True)
    assert "A second person has to confirm" in change(owner, page, editor, role)[0]
    assert campaign.role_of(editor) == Role.EDITOR
    waiting = GuardedChange.objects.get()
    confirm = f"{page_of(campaign).removesuffix('change/')}guarded/{waiting.pk}/confirm/"
    assert "eli" in str(waiting)
    assert "cannot be your own" in owner.press(confirm)[-1]
    Organiser(editor).press(confirm)
    assert campaign.role_of(editor) == Role.EDITOR
    Organiser(approver).press(confirm)
    assert campaign.role_of(editor) == role


def test_it_only_proposes_to_remove_an_approver_in_two_person_mode():
    campaign, owner, page, approver, editor = make_place(two_person=True)
    third = make_member(campaign, Role.APPROVER)
    assert "A second person has to confirm" in remove(owner, page, approver)[0]
    assert campaign.role_of(approver) == Role.APPROVER
    waiting = GuardedChange.objects.get()
    Organiser(third).press(f"{page_of(campaign).removesuffix('change/')}guarded/{waiting.pk}/confirm/")
    assert campaign.role_of(approver) is None
    remove(owner, page, editor)
    assert campaign.role_of(editor) is None


def test_it_demotes_no_approver_in_two_person_mode():
    campaign, owner, page, approver, _ = make_place(two_person=True)
    assert "an approver is not demoted" in change(owner, page, approver, Role.EDITOR)[0]
    assert campaign.role_of(approver) == Role.APPROVER


def test_it_changes_nothing_by_a_link_or_with_an_unknown_role():
    campaign, owner, page, approver, editor = make_place()
    for user, verb in ((editor, "role"), (approver, "remove")):
        assert owner.get(f"{page}{user.memberships.get().pk}/{verb}/").status_code == 302
    owner.post(f"{page}{editor.memberships.get().pk}/role/", {"role": "emperor"})
    assert [campaign.role_of(user) for user in (approver, editor)] == [Role.APPROVER, Role.EDITOR]


@pytest.mark.parametrize(("who", "status"), [("approver", 403), ("editor", 403), ("stranger", 404)])
def test_it_is_for_owners_alone(who, status):
    campaign, _, page, approver, editor = make_place()
    users = {"approver": approver, "editor": editor, "stranger": make_member(make_campaign())}
    client, member = Organiser(users[who]), editor.memberships.get()
    answers = [client.get(page), client.post(page, {"role": "owner"}), client.post(f"{page}{member.pk}/remove/")]
    answers.append(client.post(f"{page}{member.pk}/role/", {"role": "owner"}))
    assert [answer.status_code for answer in answers] == [status] * 4
    assert Client().post(page).url.startswith("/admin/login/")
    assert campaign.role_of(editor) == Role.EDITOR


def test_it_finds_no_organiser_of_another_campaign():
    _, owner, page, _, _ = make_place()
    other = make_member(make_campaign(), Role.EDITOR)
    assert owner.post(f"{page}{other.memberships.get().pk}/remove/").status_code == 404
    assert Membership.objects.filter(user=other).exists()


def test_it_does_not_list_the_accounts_of_the_site():
    _, owner, page, _, _ = make_place()
    make_user(username="organises-elsewhere")
    assert "organises-elsewhere" not in owner.get(page).content.decode()


def test_it_asks_for_the_second_factor_again(settings):
    campaign = make_campaign()
    settings.REQUIRE_MFA = True
    owner, editor = Confirmed(make_member(campaign)), make_member(campaign, Role.EDITOR)
    let_pass(owner, 16)
    page, member = page_of(campaign, "organisers"), editor.memberships.get()
    for address, data in ((page, {"role": "editor"}), (f"{page}{member.pk}/role/", {"role": "owner"})):
        assert owner.post(address, data).url.startswith("/accounts/2fa/reauthenticate/")
    assert owner.post(f"{page}{member.pk}/remove/").url.startswith("/accounts/2fa/reauthenticate/")
    assert campaign.role_of(editor) == Role.EDITOR
