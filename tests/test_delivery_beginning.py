"""What is asked once more at an alert's minute, and what is settled when it is over."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaigns.delivery.beginning import begin, start_sending
from campaigns.delivery.scheduler import settle
from campaigns.models import (
    Action,
    ActionState,
    Alert,
    AlertState,
    Batch,
    Campaign,
    HashtagPush,
    IllegalTransition,
    PendingDelivery,
    Role,
)
from campaigns.models.batch import LEASE
from tests.delivering import Delivery, counts_of
from tests.make import (
    far,
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_member,
    make_subscription,
)

pytestmark = pytest.mark.django_db


def make_scheduled(campaign: Campaign | None = None, **values: Any) -> Alert:
    alert = make_alert(make_hashtag_push(campaign), **values)
    alert.schedule(make_member(alert.action.campaign), timezone.now(), needs_approval=False)
    return alert


def state_of(alert: Alert) -> str:
    return Alert.objects.get(pk=alert.pk).state


def test_it_does_not_begin_what_was_rescheduled_a_moment_ago() -> None:
    alert = make_scheduled()
    as_read = Alert.objects.get(pk=alert.pk)
    alert.return_to_draft()
    Alert.objects.filter(pk=alert.pk).update(send_at=far(24), expires_at=far(25))
    alert.refresh_from_db()
    alert.schedule(make_member(alert.action.campaign), timezone.now(), needs_approval=False)
    with pytest.raises(IllegalTransition):
        start_sending(as_read, timezone.now())
    assert not begin(alert.pk, timezone.now())
    assert state_of(alert) == AlertState.SCHEDULED


def test_it_asks_for_approval_when_more_follow_than_when_it_was_scheduled() -> None:
    campaign = make_campaign(two_person=True, two_person_above=1)
    alert = make_scheduled(campaign)
    for _ in range(2):
        device = make_device()
        make_subscription(device)
        make_follow(campaign, device)
    assert not begin(alert.pk, timezone.now())
    assert state_of(alert) == AlertState.AWAITING
    Alert.objects.get(pk=alert.pk).approve(make_member(campaign, Role.APPROVER), timezone.now())
    assert begin(alert.pk, timezone.now())
    assert state_of(alert) == AlertState.SENDING


@pytest.mark.parametrize("gone", ["action", "campaign"])
def test_it_does_not_ring_for_a_page_that_is_not_there(delivery: Delivery, gone: str) -> None:
    campaign = make_campaign()
    delivery.follow(campaign)
    alert = make_scheduled(campaign)
    if gone == "action":
        Action.objects.filter(pk=alert.action_id).update(state=ActionState.CANCELLED)
    else:
        Campaign.objects.filter(pk=campaign.pk).update(published=False)
    delivery.tick()
    assert delivery.push.total() == 0
    assert state_of(alert) == AlertState.SCHEDULED


def test_it_schedules_nothing_in_a_campaign_that_is_not_published() -> None:
    alert = make_alert(make_hashtag_push(make_campaign(published=False)))
    with pytest.raises(ValidationError):
        alert.schedule(make_member(alert.action.campaign), timezone.now(), needs_approval=False)


def test_it_lets_a_correction_wait_for_the_last_window_of_the_wrong_one(delivery: Delivery) -> None:
    campaign = make_campaign()
    delivery.follow(campaign)
    wrong = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(wrong, timezone.now())
    assert Batch.objects.claim(wrong.pk, timezone.now())
    text = {"fr": "Correction"}
    right = wrong.correct(title=text, body=text, send_at=timezone.now(), expires_at=far(1))
    delivery.schedule(right)
    assert not begin(right.pk, timezone.now())
    assert state_of(wrong) == AlertState.CANCELLED
    assert begin(right.pk, timezone.now() + LEASE + timedelta(seconds=1))


def test_it_sends_back_what_tells_the_hashtag_too_early() -> None:
    alert = make_scheduled(body={"fr": "Avec #SecretTag"})
    HashtagPush.objects.filter(pk=alert.action_id).update(hashtag="SecretTag", reveal_at=far(1))
    assert not begin(alert.pk, timezone.now())
    assert state_of(alert) == AlertState.DRAFT


def test_it_begins_the_others_when_one_cannot_begin(delivery: Delivery, caplog: pytest.LogCaptureFixture) -> None:
    broken, sound = make_scheduled(), make_scheduled()
    # A row as no form of ours writes it, scheduled all the same.
    broken.title = ["a secret"]  # type: ignore[assignment]  # on purpose
    Alert.objects.filter(pk=broken.pk).update(title=broken.title, scheduled_digest=broken.digest)
    delivery.tick()
    delivery.tick()
    assert (state_of(broken), state_of(sound)) == (AlertState.SCHEDULED, AlertState.SENT)
    assert "cannot begin" in caplog.text
    assert "a secret" not in caplog.text


@pytest.mark.parametrize("end", ["expired", "cancelled"])
def test_it_counts_as_failed_what_still_waited_at_the_end(delivery: Delivery, end: str) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    delivery.push.answer(follower.push, status=500)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert PendingDelivery.objects.count() == 1
    Alert.objects.filter(pk=alert.pk).update(state=end)
    settle(timezone.now())
    assert PendingDelivery.objects.count() == 0
    assert counts_of(alert) == {"failed": 1}


def test_it_refuses_a_title_that_tells_the_hashtag_before_it_is_revealed() -> None:
    push = make_hashtag_push(hashtag="SecretTag", reveal_at=far(0.5), title={"fr": "Ce soir #secrettag"})
    with pytest.raises(ValidationError) as refused:
        push.full_clean()
    assert set(refused.value.message_dict) == {"title"}
