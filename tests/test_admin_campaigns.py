"""A campaign's page: starting one, its organisers, and the second pair of eyes that is not easily removed."""

import pytest

from campaigns.models import Campaign, GuardedChange, Membership, Role
from tests.admin_pages import Organiser, add_row, page_of, parse, said
from tests.make import make_campaign, make_member, make_user

pytestmark = pytest.mark.django_db
NEW = {"name_fr": "Pour Anasse", "slug": "pour-anasse", "run_by_fr": "Le comité", "contact": "contact@campaign.example"}


def make_guarded():
    """A campaign in two-person mode, its owner signed in, and its approver's membership."""
    campaign = make_campaign(two_person=True, two_person_above=50)
    owner = Organiser(make_member(campaign))
    approver = make_member(campaign, Role.APPROVER)
    return campaign, owner, approver


def row_of(page, username):
    """The prefix of the row of this organiser."""
    return next(name for name, text in page.fields.items() if text == username).removesuffix("-username")


def form_of(organiser, campaign):
    page = parse(organiser.get(page_of(campaign)))
    return page, {name: text for name, text in page.fields.items() if "__prefix__" not in name}


def test_it_makes_whoever_starts_a_campaign_its_owner():
    organiser = Organiser(make_user())
    page = organiser.send("/admin/campaigns/campaign/add/", **NEW)
    campaign = Campaign.objects.get()
    assert campaign.role_of(organiser.user) == Role.OWNER
    assert page.redirect_chain[-1][0] == page_of(campaign)
    assert not campaign.published


def test_it_adds_an_organiser_by_the_name_of_the_account():
    campaign = make_campaign()
    owner, other = Organiser(make_member(campaign)), make_user(username="camille")
    _, fields = form_of(owner, campaign)
    owner.post(page_of(campaign), {**add_row(fields, "memberships", username="camille", role="editor"), "_save": "1"})
    assert campaign.role_of(other) == Role.EDITOR


@pytest.mark.parametrize(("name", "reason"), [("nobody", "no account of this name"), ("owner", "has one role")])
def test_it_adds_nobody_unknown_or_twice(name, reason):
    campaign = make_campaign()
    owner = Organiser(make_member(campaign, user=make_user(username="owner")))
    _, fields = form_of(owner, campaign)
    row = add_row(fields, "memberships", username=name, role="editor")
    page = owner.post(page_of(campaign), {**row, "_save": "1"})
    assert reason in page.content.decode()
    assert Membership.objects.count() == 1


def test_it_does_not_list_the_accounts_of_the_site():
    campaign = make_campaign()
    make_user(username="organises-elsewhere")
    assert "organises-elsewhere" not in Organiser(make_member(campaign)).get(page_of(campaign)).content.decode()


def test_it_never_leaves_a_campaign_without_an_owner():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    page, fields = form_of(owner, campaign)
    row = row_of(page, owner.user.username)
    for change in ({f"{row}-DELETE": "on"}, {f"{row}-role": "editor"}):
        answer = owner.post(page_of(campaign), {**fields, **change, "_save": "1"})
        assert "A campaign needs an owner." in answer.content.decode()
    assert campaign.role_of(owner.user) == Role.OWNER


def test_it_removes_an_approver_at_once_without_the_two_person_mode():
    campaign = make_campaign()
    owner, approver = Organiser(make_member(campaign)), make_member(campaign, Role.APPROVER)
    page, fields = form_of(owner, campaign)
    owner.post(page_of(campaign), {**fields, f"{row_of(page, approver.username)}-DELETE": "on", "_save": "1"})
    assert campaign.role_of(approver) is None


def test_it_only_proposes_to_remove_an_approver_in_two_person_mode():
    campaign, owner, approver = make_guarded()
    page, fields = form_of(owner, campaign)
    row = row_of(page, approver.username)
    answer = owner.post(page_of(campaign), {**fields, f"{row}-DELETE": "on", "_save": "1"}, follow=True)
    assert campaign.role_of(approver) == Role.APPROVER
    assert any("A second person has to confirm" in text for text in said(answer))
    third = Organiser(make_member(campaign, Role.APPROVER))
    change = GuardedChange.objects.get()
    assert f"guarded/{change.pk}/confirm/" in third.get(page_of(campaign)).content.decode()
    assert third.press(f"/admin/campaigns/campaign/{campaign.pk}/guarded/{change.pk}/confirm/")[0].startswith("Done")
    assert campaign.role_of(approver) is None


def test_it_demotes_no_approver_in_two_person_mode():
    campaign, owner, approver = make_guarded()
    page, fields = form_of(owner, campaign)
    answer = owner.post(
        page_of(campaign), {**fields, f"{row_of(page, approver.username)}-role": "editor", "_save": "1"}
    )
    assert "an approver is not demoted" in answer.content.decode()
    assert campaign.role_of(approver) == Role.APPROVER


def test_it_only_proposes_to_switch_the_mode_off():
    campaign, owner, approver = make_guarded()
    _, fields = form_of(owner, campaign)
    del fields["two_person"]
    owner.post(page_of(campaign), {**fields, "_save": "1"})
    campaign.refresh_from_db()
    assert campaign.two_person
    address = f"/admin/campaigns/campaign/{campaign.pk}/guarded/{GuardedChange.objects.get().pk}/confirm/"
    assert "cannot be your own" in owner.press(address)[-1]
    editor = Organiser(make_member(campaign, Role.EDITOR))
    assert "Only an owner or an approver" in editor.press(address)[0]
    Organiser(approver).press(address)
    campaign.refresh_from_db()
    assert not campaign.two_person


def test_it_does_not_let_the_number_be_raised_while_the_mode_is_on():
    campaign, owner, _ = make_guarded()
    page = owner.send(page_of(campaign), two_person_above="1000000")
    assert "can only be lowered" in page.content.decode()
    owner.send(page_of(campaign), two_person_above="10")
    campaign.refresh_from_db()
    assert campaign.two_person_above == 10


def test_it_warns_when_nobody_could_approve():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    _, fields = form_of(owner, campaign)
    page = owner.post(page_of(campaign), {**fields, "two_person": "on", "_save": "1"}, follow=True)
    assert any("nobody can approve now" in text for text in said(page))


def test_it_reads_the_goal_s_deadline_in_the_campaign_s_zone():
    campaign = make_campaign(time_zone="Indian/Reunion")
    owner = Organiser(make_member(campaign))
    owner.send(page_of(campaign), goal_deadline="2031-03-04T18:00")
    campaign.refresh_from_db()
    assert campaign.goal_deadline.isoformat() == "2031-03-04T14:00:00+00:00"


def test_it_lists_campaigns_with_the_organiser_s_role(django_assert_max_num_queries):
    user = make_user()
    for _ in range(10):
        make_member(make_campaign(), Role.EDITOR, user)
    organiser = Organiser(user)
    with django_assert_max_num_queries(6):
        html = organiser.get("/admin/campaigns/campaign/").content.decode()
    assert html.count(">editor<") == 10
