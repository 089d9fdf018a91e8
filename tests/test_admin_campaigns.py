"""A campaign's page: starting one, its settings, and the second pair of eyes that is not easily removed."""

import pytest

from campaigns.models import Act, AuditEntry, Campaign, GuardedChange, Role
from tests.admin_pages import Organiser, page_of, parse
from tests.make import make_campaign, make_member, make_user

pytestmark = pytest.mark.django_db
NEW = {"name_fr": "Pour Anasse", "slug": "pour-anasse", "run_by_fr": "Le comité", "contact": "contact@campaign.example"}


def make_guarded():
    """A campaign in two-person mode, its owner signed in, and its approver's membership."""
    campaign = make_campaign(two_person=True, two_person_above=50)
    owner = Organiser(make_member(campaign))
    approver = make_member(campaign, Role.APPROVER)
    return campaign, owner, approver


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


def test_it_lets_who_proposed_take_it_back_once():
    campaign, owner, approver = make_guarded()
    change = GuardedChange.objects.propose(campaign, owner.user)
    address = f"{page_of(campaign).removesuffix('change/')}guarded/{change.pk}/take-back/"
    second = Organiser(approver)
    assert f"guarded/{change.pk}/take-back/" in owner.get(page_of(campaign)).content.decode()
    assert f"guarded/{change.pk}/take-back/" not in second.get(page_of(campaign)).content.decode()
    owner.get(address)
    assert second.press(address) == ["Only who proposed it can take it back."]
    assert GuardedChange.objects.exists()
    assert owner.press(address) == ["Taken back: switch the two-person mode off."]
    assert owner.press(address) == ["This was decided meanwhile."]
    assert AuditEntry.objects.get(act=Act.GUARDED_TAKEN_BACK).actor == owner.user.username
    campaign.refresh_from_db()
    assert campaign.two_person


def test_it_lets_a_second_person_say_no():
    campaign, owner, approver = make_guarded()
    change = GuardedChange.objects.propose(campaign, owner.user)
    address = f"{page_of(campaign).removesuffix('change/')}guarded/{change.pk}/refuse/"
    second = Organiser(approver)
    assert f"guarded/{change.pk}/refuse/" in second.get(page_of(campaign)).content.decode()
    assert f"guarded/{change.pk}/refuse/" not in owner.get(page_of(campaign)).content.decode()
    second.get(address)
    assert GuardedChange.objects.exists()
    assert second.press(address) == ["Refused: switch the two-person mode off."]
    assert not GuardedChange.objects.exists()
    assert AuditEntry.objects.get(act=Act.GUARDED_REFUSED).actor == approver.username


def test_it_does_not_let_the_number_be_raised_while_the_mode_is_on():
    campaign, owner, _ = make_guarded()
    page = owner.send(page_of(campaign), two_person_above="1000000")
    assert "can only be lowered" in page.content.decode()
    owner.send(page_of(campaign), two_person_above="10")
    campaign.refresh_from_db()
    assert campaign.two_person_above == 10


def test_it_is_not_switched_on_while_nobody_else_could_approve():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    make_member(campaign, Role.EDITOR)
    _, fields = form_of(owner, campaign)
    page = owner.post(page_of(campaign), {**fields, "two_person": "on", "_save": "1"})
    assert "It needs a second owner or approver" in page.content.decode()
    make_member(campaign, Role.APPROVER)
    owner.post(page_of(campaign), {**fields, "two_person": "on", "_save": "1"})
    campaign.refresh_from_db()
    assert campaign.two_person


def test_it_shows_the_form_again_when_something_is_wrong_while_it_is_unpublished():
    campaign = make_campaign()
    owner = Organiser(make_member(campaign))
    _, fields = form_of(owner, campaign)
    del fields["published"]
    page = owner.post(page_of(campaign), {**fields, "contact": "", "_save": "1"})
    assert "This field is required" in page.content.decode()
    campaign.refresh_from_db()
    assert campaign.published


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
