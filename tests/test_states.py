"""The other state machines: actions, persons of a solidarity alert, and changes that need a second approver."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.models import (
    ActionState,
    Campaign,
    GuardedChange,
    GuardRefused,
    IllegalTransition,
    Membership,
    PersonStatus,
    Role,
)
from tests.make import make_campaign, make_hashtag_push, make_member, make_person, make_solidarity_alert

pytestmark = pytest.mark.django_db

PERSON_MOVES = {
    "summoned": {"held", "released", "charged", "dropped"},
    "held": {"released", "charged"},
    "released": {"summoned", "held", "charged", "dropped"},
    "charged": {"released", "held", "dropped"},
    "dropped": set(),
}


@pytest.mark.parametrize("state", ActionState.values)
def test_it_publishes_only_a_draft(state: str) -> None:
    action = make_hashtag_push(state=state)
    if state == ActionState.DRAFT:
        action.publish()
        assert action.state == ActionState.PUBLISHED
    else:
        with pytest.raises(IllegalTransition):
            action.publish()


@pytest.mark.parametrize("state", ActionState.values)
def test_it_cancels_an_action_once(state: str) -> None:
    action = make_hashtag_push(state=state)
    if state in (ActionState.CANCELLED, ActionState.TEMPLATE):
        with pytest.raises(IllegalTransition):
            action.cancel()
    else:
        action.cancel()
        action.refresh_from_db()
        assert action.state == ActionState.CANCELLED


@pytest.mark.parametrize("source", PersonStatus.values)
@pytest.mark.parametrize("target", PersonStatus.values)
def test_it_moves_a_person_only_as_cases_go(source: str, target: str) -> None:
    person = make_person(make_solidarity_alert())
    type(person).objects.filter(pk=person.pk).update(status=source)
    person.refresh_from_db()
    if target in PERSON_MOVES[source]:
        person.become(target, timezone.now())
        assert [step.status for step in person.steps.all()] == ["summoned", target]
    else:
        with pytest.raises(IllegalTransition):
            person.become(target, timezone.now())
        assert person.steps.count() == 1


def test_it_names_nobody_without_a_consent() -> None:
    person = make_person(make_solidarity_alert(), name="Somebody")
    with pytest.raises(ValidationError):
        person.full_clean()
    assert person.public_name is None


def test_it_forgets_the_name_when_the_consent_is_withdrawn() -> None:
    person = make_person(make_solidarity_alert(), name="Somebody", consented_on=timezone.now().date())
    assert person.public_name == "Somebody"
    person.withdraw_consent(timezone.localdate())
    person.refresh_from_db()
    assert (person.name, person.public_name) == ("", None)


def test_it_switches_the_two_person_mode_off_only_with_a_second_approver() -> None:
    campaign = make_campaign(two_person=True)
    owner, approver = make_member(campaign), make_member(campaign, Role.APPROVER)
    change = GuardedChange.objects.propose(campaign, owner)
    with pytest.raises(GuardRefused):
        change.confirm(owner, timezone.now())
    assert Campaign.objects.get(pk=campaign.pk).two_person
    change.confirm(approver, timezone.now())
    assert not Campaign.objects.get(pk=campaign.pk).two_person


def test_it_lets_only_who_proposed_take_it_back() -> None:
    campaign = make_campaign(two_person=True)
    owner, other = make_member(campaign), make_member(campaign)
    change = GuardedChange.objects.propose(campaign, owner)
    with pytest.raises(GuardRefused):
        change.take_back(other)
    change.take_back(owner)
    assert Campaign.objects.get(pk=campaign.pk).two_person
    for late in (lambda: change.confirm(other, timezone.now()), lambda: change.take_back(owner)):
        with pytest.raises(GuardRefused):
            late()
    assert Campaign.objects.get(pk=campaign.pk).two_person


def test_it_removes_an_approver_only_with_a_second_approver() -> None:
    campaign = make_campaign(two_person=True)
    owner, second, leaving = make_member(campaign), make_member(campaign), make_member(campaign, Role.APPROVER)
    change = GuardedChange.objects.propose(campaign, owner, Membership.objects.get(user=leaving))
    with pytest.raises(GuardRefused):
        change.confirm(owner, timezone.now())
    change.confirm(second, timezone.now())
    assert not Membership.objects.filter(user=leaving).exists()


def test_it_does_not_let_somebody_confirm_their_own_removal() -> None:
    campaign = make_campaign(two_person=True)
    owner, leaving = make_member(campaign), make_member(campaign, Role.APPROVER)
    change = GuardedChange.objects.propose(campaign, owner, Membership.objects.get(user=leaving))
    with pytest.raises(GuardRefused):
        change.confirm(leaving, timezone.now())


def test_it_keeps_an_owner_when_two_remove_each_other() -> None:
    campaign = make_campaign(two_person=True)
    first, second, third = make_member(campaign), make_member(campaign), make_member(campaign, Role.APPROVER)
    removals = [
        GuardedChange.objects.propose(campaign, by, Membership.objects.get(user=leaving))
        for by, leaving in ((first, second), (second, first))
    ]
    removals[0].confirm(third, timezone.now())
    with pytest.raises(GuardRefused):
        removals[1].confirm(third, timezone.now())
    assert Membership.objects.filter(campaign=campaign, role=Role.OWNER).count() == 1


def test_a_proposal_goes_with_the_ownership_of_who_made_it() -> None:
    campaign = make_campaign(two_person=True)
    gone, owner, third = (make_member(campaign) for _ in range(3))
    GuardedChange.objects.propose(campaign, gone)
    removal = GuardedChange.objects.propose(campaign, owner, Membership.objects.get(user=gone))
    removal.confirm(third, timezone.now())
    assert not GuardedChange.objects.exists()


def test_it_does_not_take_a_leaver_s_proposal_for_a_second_person() -> None:
    campaign = make_campaign(two_person=True)
    gone, owner = make_member(campaign), make_member(campaign)
    left = GuardedChange.objects.propose(campaign, gone)
    Membership.objects.filter(user=gone).update(role=Role.EDITOR)
    with pytest.raises(GuardRefused):
        left.confirm(owner, timezone.now())
    again = GuardedChange.objects.propose(campaign, owner)
    assert again.proposed_by == owner
    with pytest.raises(GuardRefused):
        again.confirm(owner, timezone.now())
    assert Campaign.objects.get(pk=campaign.pk).two_person


def test_it_takes_no_proposal_of_a_closed_account() -> None:
    campaign = make_campaign(two_person=True)
    closed, owner = make_member(campaign), make_member(campaign)
    change = GuardedChange.objects.propose(campaign, closed)
    closed.is_active = False
    closed.save()
    with pytest.raises(GuardRefused):
        change.confirm(owner, timezone.now())


def test_a_second_person_refuses_what_is_not_about_them() -> None:
    campaign = make_campaign(two_person=True)
    owner, second, leaving = make_member(campaign), make_member(campaign), make_member(campaign, Role.APPROVER)
    change = GuardedChange.objects.propose(campaign, owner, Membership.objects.get(user=leaving))
    for by in (owner, leaving, make_member(campaign, Role.EDITOR)):
        with pytest.raises(GuardRefused):
            change.refuse(by)
    change.refuse(second)
    with pytest.raises(GuardRefused):
        change.confirm(second, timezone.now())
    assert Membership.objects.filter(user=leaving).exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER])
def test_it_lets_only_owners_propose(role: Role) -> None:
    campaign = make_campaign(two_person=True)
    with pytest.raises(GuardRefused):
        GuardedChange.objects.propose(campaign, make_member(campaign, role))


def test_it_takes_no_confirmation_from_an_editor_or_a_stranger() -> None:
    campaign = make_campaign(two_person=True)
    change = GuardedChange.objects.propose(campaign, make_member(campaign))
    for by in (make_member(campaign, Role.EDITOR), make_member(make_campaign())):
        with pytest.raises(GuardRefused):
            change.confirm(by, timezone.now())
    assert GuardedChange.objects.exists()
