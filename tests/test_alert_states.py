"""An alert's life: every legal transition, every illegal one refused, whatever the order (hypothesis, stateful)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from campaigns.delivery.beginning import start_sending
from campaigns.delivery.scheduler import finish
from campaigns.models import (
    ActionState,
    Alert,
    AlertState,
    ApprovalRefused,
    Asking,
    Audience,
    IllegalTransition,
    Role,
)
from tests.make import far, make_alert, make_campaign, make_hashtag_push, make_member, make_solidarity_alert

# The table of the design, written out once more, independently of the model.
LEGAL: dict[str, set[str]] = {
    "draft": {"awaiting", "scheduled", "cancelled"},
    "awaiting": {"scheduled", "draft", "cancelled"},
    "scheduled": {"draft", "sending", "expired", "cancelled"},
    "sending": {"paused", "sent", "expired", "cancelled"},
    "paused": {"sending", "expired", "cancelled"},
    "sent": set(),
    "expired": set(),
    "cancelled": set(),
}


def with_alert(asking: Asking, alert: Alert) -> Asking:
    """The asking, about the alert as somebody looked at it."""
    asking.alert = alert
    return asking


class AlertLife(RuleBasedStateMachine):
    """Does anything to an alert in any order, and watches what state it is in."""

    @initialize()
    def begin(self) -> None:
        self.campaign = make_campaign()
        self.writer = make_member(self.campaign, Role.EDITOR)
        self.approver = make_member(self.campaign, Role.APPROVER)
        self.alert = make_alert(make_solidarity_alert(self.campaign))
        self.owner = make_member(self.campaign)
        self.now = timezone.now()
        self.state = "draft"
        self.held = False

    def attempt(self, target: str, allowed_from: set[str], act: Any, *refusals: type[Exception]) -> None:
        """Does it to a fresh copy; it must work exactly in the states from which it may."""
        before = self.state
        copy = Alert.objects.select_related("action__campaign").get(pk=self.alert.pk)
        try:
            act(copy)
        except (IllegalTransition, *refusals):
            assert before not in allowed_from, f"{before} -> {target} was refused"
        else:
            assert before in allowed_from, f"{before} -> {target} was let through"
        self.state = Alert.objects.get(pk=self.alert.pk).state
        assert self.state == before or self.state in LEGAL[before]
        self.held = self.held and self.state == "scheduled"

    @rule(needs_approval=st.booleans())
    def schedule(self, needs_approval: bool) -> None:
        target = "awaiting" if needs_approval else "scheduled"
        self.attempt(
            target,
            {"draft"},
            lambda one: one.schedule(self.writer, self.now, needs_approval=needs_approval),
            ValidationError,
        )

    @rule()
    def approve(self) -> None:
        self.attempt("scheduled", {"awaiting"}, lambda one: one.approve(self.approver, self.now), ApprovalRefused)

    @rule()
    def return_to_draft(self) -> None:
        self.attempt("draft", {"awaiting", "scheduled"}, lambda one: one.return_to_draft())

    @rule()
    def refuse(self) -> None:
        if asking := self.alert.askings.first():
            before = self.alert.refusals.count()
            self.attempt(
                "draft", {"awaiting"}, lambda one: with_alert(asking, one).refuse(self.approver, self.now, "no")
            )
            assert self.alert.refusals.count() in (before, before + 1)

    @rule()
    def send_alone(self) -> None:
        if asking := self.alert.askings.first():
            later = asking.alone_from
            act = lambda one: with_alert(asking, one).send_alone(self.owner, later)  # noqa: E731  # as short as the others
            self.attempt("scheduled", {"awaiting"}, act, ApprovalRefused)
            self.held = Alert.objects.get(pk=self.alert.pk).not_before is not None

    @rule()
    def begin_sending(self) -> None:
        allowed = set() if self.held else {"scheduled"}
        self.attempt("sending", allowed, lambda one: start_sending(one, self.now))

    @rule()
    def pause(self) -> None:
        self.attempt("paused", {"sending"}, lambda one: one.pause())

    @rule()
    def resume(self) -> None:
        self.attempt("sending", {"paused"}, lambda one: one.resume())

    @rule()
    def cancel(self) -> None:
        alive = {"draft", "awaiting", "scheduled", "sending", "paused"}
        self.attempt("cancelled", alive, lambda one: one.cancel(self.now))

    @rule()
    def finish(self) -> None:
        before = self.state
        finish(self.now)
        self.state = Alert.objects.get(pk=self.alert.pk).state
        assert self.state == ("sent" if before == "sending" else before)

    @rule()
    def expire(self) -> None:
        before = self.state
        Alert.objects.expire(self.now + timedelta(hours=2))
        self.state = Alert.objects.get(pk=self.alert.pk).state
        assert self.state == ("expired" if before in ("scheduled", "sending", "paused") else before)

    @invariant()
    def somebody_is_asked_exactly_while_it_awaits(self) -> None:
        askings = self.alert.askings.count()
        assert askings == 1 if self.state == "awaiting" else askings == 0 or self.state != "draft"

    @invariant()
    def only_what_is_scheduled_by_one_is_held(self) -> None:
        alert = Alert.objects.get(pk=self.alert.pk)
        assert (alert.not_before is not None) == alert.approvals.filter(alone=True).exists()
        assert alert.not_before is None or alert.state != "draft"

    @invariant()
    def approvals_are_of_what_is_scheduled(self) -> None:
        alert = Alert.objects.get(pk=self.alert.pk)
        for approval in alert.approvals.all():
            assert approval.digest == alert.scheduled_digest == alert.digest


class TestAlertLife(TestCase):
    """Runs the machine, each run in a transaction of its own."""

    def test_it_only_moves_as_the_table_says(self) -> None:
        """Each example begins with an alert of its own."""
        machine = AlertLife.TestCase
        machine.settings = hypothesis_settings(max_examples=30, stateful_step_count=20, deadline=None)
        result = machine("runTest")
        result.runTest()
        assert Alert.objects.exists()


@pytest.mark.django_db
def test_it_takes_one_of_two_who_do_the_same_at_once() -> None:
    alert = make_alert(make_hashtag_push())
    by = make_member(alert.action.campaign)
    first, second = Alert.objects.get(pk=alert.pk), Alert.objects.get(pk=alert.pk)
    first.schedule(by, timezone.now(), needs_approval=False)
    with pytest.raises(IllegalTransition):
        second.schedule(by, timezone.now(), needs_approval=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"title": {"fr": "x"}},
        {"body": {"fr": "x"}},
        {"audience": Audience.JOINED},
        {"send_at": far(0.1)},
        {"expires_at": far(5)},
        {"urgency": "very-low"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_it_refuses_an_approval_of_something_else(change: dict[str, Any]) -> None:
    alert = make_alert(make_hashtag_push())
    campaign = alert.action.campaign
    alert.schedule(make_member(campaign), timezone.now(), needs_approval=True)
    Alert.objects.filter(pk=alert.pk).update(**change)
    with pytest.raises(ApprovalRefused):
        alert.approve(make_member(campaign, Role.APPROVER), timezone.now())


@pytest.mark.django_db
def test_it_voids_approvals_when_it_goes_back_to_draft() -> None:
    alert = make_alert(make_hashtag_push())
    campaign = alert.action.campaign
    alert.schedule(make_member(campaign), timezone.now(), needs_approval=True)
    alert.approve(make_member(campaign, Role.APPROVER), timezone.now())
    assert alert.approvals.count() == 1
    alert.return_to_draft()
    assert alert.approvals.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.EDITOR, None])
def test_it_takes_approval_only_from_approvers(role: Role | None) -> None:
    alert = make_alert(make_hashtag_push())
    campaign = alert.action.campaign
    alert.schedule(make_member(campaign), timezone.now(), needs_approval=True)
    stranger = make_member(campaign if role else make_campaign(), role or Role.OWNER)
    with pytest.raises(ApprovalRefused):
        alert.approve(stranger, timezone.now())


@pytest.mark.django_db
def test_it_takes_no_approval_from_who_scheduled_it() -> None:
    alert = make_alert(make_hashtag_push())
    owner = make_member(alert.action.campaign)
    alert.schedule(owner, timezone.now(), needs_approval=True)
    with pytest.raises(ApprovalRefused):
        alert.approve(owner, timezone.now())


@pytest.mark.django_db
def test_it_sends_at_once_when_it_is_approved_after_its_minute() -> None:
    alert = make_alert(make_hashtag_push(), send_at=far(-0.5), expires_at=far(0.5))
    campaign = alert.action.campaign
    alert.schedule(make_member(campaign), timezone.now(), needs_approval=True)
    assert alert not in Alert.objects.due(timezone.now())
    alert.approve(make_member(campaign, Role.APPROVER), timezone.now())
    assert alert in Alert.objects.due(timezone.now())


@pytest.mark.django_db
def test_it_refuses_to_schedule_what_is_over_or_not_published() -> None:
    over = make_alert(make_hashtag_push(), send_at=far(-2), expires_at=far(-1))
    draft = make_alert(make_hashtag_push(state=ActionState.DRAFT))
    for alert in (over, draft):
        with pytest.raises(ValidationError):
            alert.schedule(make_member(alert.action.campaign), timezone.now(), needs_approval=False)
    assert {over.state, draft.state} == {AlertState.DRAFT}


@pytest.mark.django_db
def test_it_corrects_only_what_somebody_can_have_had() -> None:
    alert = make_alert(make_hashtag_push())
    with pytest.raises(IllegalTransition):
        alert.correct(title={"fr": "x"}, body={"fr": "y"}, send_at=far(0), expires_at=far(1))
