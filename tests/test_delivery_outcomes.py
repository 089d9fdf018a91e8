"""Each row of the table of answers: what a push service says, and what becomes of the subscription and the count."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import PushKeys, Subscription
from campaigns.delivery import audience
from campaigns.delivery.beginning import start_sending
from campaigns.delivery.hosts import BUSY_TO_HOLD, REFUSALS_TO_PAUSE
from campaigns.delivery.noting import note_window
from campaigns.delivery.sending import Outcomes
from campaigns.models import Alert, AlertState, Batch, PendingDelivery, PendingReason, PushHost
from campaigns.models.pending import MOST_ATTEMPTS
from tests.delivering import Delivery, counts_of
from tests.make import make_alert, make_campaign, make_hashtag_push, make_push_keys, make_subscription
from tests.push_service.behaviours import Behaviour

pytestmark = pytest.mark.django_db


def one_follower_alert(delivery: Delivery, **answer: Any) -> Any:
    """An alert to one follower whose push service answers so; returns (follower, alert)."""
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    delivery.push.answer(follower.push, **answer)
    return follower, delivery.send(make_alert(make_hashtag_push(campaign)))


@pytest.mark.parametrize("status", [200, 201, 202])
def test_it_counts_as_accepted(delivery: Delivery, status: int) -> None:
    _, alert = one_follower_alert(delivery, status=status)
    assert counts_of(alert) == {"accepted": 1}
    assert alert.state == AlertState.SENT


@pytest.mark.parametrize("status", [404, 410])
def test_it_deletes_a_subscription_that_is_gone(delivery: Delivery, status: int) -> None:
    follower, alert = one_follower_alert(delivery, status=status)
    assert counts_of(alert) == {"gone": 1}
    assert not Subscription.objects.filter(device=follower.device).exists()


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_it_counts_a_refusal_and_deletes_nothing(delivery: Delivery, status: int) -> None:
    follower, alert = one_follower_alert(delivery, status=status)
    assert counts_of(alert) == {"refused": 1}
    assert Subscription.objects.get(device=follower.device).failures == 1
    assert not PushHost.objects.exists()


def test_it_raises_an_alarm_for_a_message_that_was_too_large(
    delivery: Delivery, caplog: pytest.LogCaptureFixture
) -> None:
    one_follower_alert(delivery, status=413)
    assert "a bug of ours" in caplog.text


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_it_never_follows_a_redirect(delivery: Delivery, status: int) -> None:
    _, alert = one_follower_alert(delivery, status=status, location="self")
    assert counts_of(alert) == {"refused": 1}
    assert delivery.push.total() == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 429},
        {"status": 500},
        {"status": 503},
        {"status": 503, "retry_after": 0},
        {"status": 503, "retry_after": "Sun, 20 Feb 2022 17:00:00 GMT"},
        {"reset": True},
        {"close": True},
    ],
    ids=["429", "500", "503", "at once", "moment that is over", "reset", "close"],
)
def test_it_tries_again_later(delivery: Delivery, answer: dict[str, Any]) -> None:
    _, alert = one_follower_alert(delivery, **answer)
    pending = PendingDelivery.objects.get(alert=alert)
    assert alert.state == AlertState.SENDING
    assert (pending.reason, pending.attempts) == (PendingReason.RETRY, 1)
    assert timedelta(seconds=0.5) < pending.not_before - timezone.now() < timedelta(seconds=10)


def test_it_waits_as_long_as_retry_after_says(delivery: Delivery) -> None:
    _, alert = one_follower_alert(delivery, status=429, retry_after=120)
    pending = PendingDelivery.objects.get(alert=alert)
    assert timedelta(seconds=110) < pending.not_before - timezone.now() <= timedelta(seconds=120)


def test_it_counts_as_failed_what_would_come_too_late(delivery: Delivery) -> None:
    _, alert = one_follower_alert(delivery, status=429, retry_after=7200)
    assert counts_of(alert) == {"failed": 1}
    assert alert.state == AlertState.SENT


def often_tried(delivery: Delivery, attempts: int) -> Alert:
    """An alert with a minute left, to one follower who was tried so often, and now once more in vain."""
    campaign = make_campaign()
    delivery.follow(campaign)
    delivery.push.answer("*", status=500)
    alert = delivery.send(make_alert(make_hashtag_push(campaign), expires_at=timezone.now() + timedelta(minutes=1)))
    PendingDelivery.objects.update(not_before=timezone.now(), attempts=attempts)
    delivery.tick()
    assert counts_of(alert) == {}
    return alert


def test_it_tries_once_more_within_what_is_left_when_nobody_asked_it_to_wait(delivery: Delivery) -> None:
    alert = often_tried(delivery, attempts=8)
    pending = PendingDelivery.objects.get(alert=alert)
    assert pending.attempts == 9
    assert alert.expires_at - timedelta(minutes=1) < pending.not_before < alert.expires_at


def test_it_counts_tries_as_far_as_they_say_something(delivery: Delivery) -> None:
    alert = often_tried(delivery, attempts=MOST_ATTEMPTS)
    assert PendingDelivery.objects.get(alert=alert).attempts == MOST_ATTEMPTS


def test_it_sends_what_was_postponed(delivery: Delivery) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    delivery.push.answer(follower.push, Behaviour(status=500), Behaviour(status=201))
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    PendingDelivery.objects.update(not_before=timezone.now())
    delivery.tick()
    delivery.tick()
    alert.refresh_from_db()
    assert (alert.state, counts_of(alert)) == (AlertState.SENT, {"accepted": 1})
    assert not PendingDelivery.objects.exists()


def test_it_cancels_and_postpones_what_a_window_cannot_wait_for(delivery: Delivery) -> None:
    campaign = make_campaign()
    slow, quick = delivery.follow(campaign), delivery.follow(campaign)
    delivery.push.answer(slow.push, delay=30)
    began = timezone.now()
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    assert timezone.now() - began < timedelta(seconds=6)
    assert counts_of(alert) == {"accepted": 1}
    assert PendingDelivery.objects.get(alert=alert).device == slow.device
    assert PendingDelivery.objects.get(alert=alert).reason == PendingReason.SLOW_HOST
    assert delivery.push.received(quick.push)


def test_it_asks_a_host_that_wants_peace_no_more(delivery: Delivery) -> None:
    campaign = make_campaign()
    delivery.follow_many(campaign, BUSY_TO_HOLD)
    delivery.push.answer("*", status=429, retry_after=30)
    delivery.send(make_alert(make_hashtag_push(campaign)))
    another = delivery.follow(campaign)
    later = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert not delivery.push.received(another.push)
    assert PendingDelivery.objects.filter(alert=later).count() == BUSY_TO_HOLD + 1


def test_it_takes_one_429_for_that_of_one_subscription(delivery: Delivery) -> None:
    campaign = make_campaign()
    busy, other = delivery.follow_many(campaign, 2)
    delivery.push.answer(busy.push, status=429, retry_after=7000)
    delivery.send(make_alert(make_hashtag_push(campaign)))
    delivery.send(make_alert(make_hashtag_push(campaign)))
    assert len(delivery.push.received(other.push)) == 2


def test_it_pauses_a_host_that_refuses_us_with_an_alarm(delivery: Delivery, caplog: pytest.LogCaptureFixture) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, REFUSALS_TO_PAUSE)
    delivery.push.answer("*", status=403)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    paused = PushHost.objects.get()
    assert counts_of(alert) == {"refused": REFUSALS_TO_PAUSE}
    assert paused.paused_until
    assert paused.paused_until > timezone.now()
    assert paused.alarm in caplog.text
    assert Subscription.objects.count() == len(followers)
    later = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert PendingDelivery.objects.filter(alert=later).count() == REFUSALS_TO_PAUSE


def test_it_does_not_pause_a_host_for_unverified_subscriptions(delivery: Delivery) -> None:
    campaign = make_campaign()
    delivery.follow_many(campaign, REFUSALS_TO_PAUSE + 5, verified=False)
    delivery.push.answer("*", status=401)
    delivery.send(make_alert(make_hashtag_push(campaign)))
    assert not PushHost.objects.exists()


def test_it_sets_a_row_that_cannot_be_read_aside_and_sends_to_its_neighbours(delivery: Delivery) -> None:
    campaign = make_campaign()
    before, broken, off_curve, after = delivery.follow_many(campaign, 4)
    Subscription.objects.filter(device=broken.device).update(blob=b"not one of ours")
    keys = PushKeys(off_curve.push.endpoint, b"\x04" + b"\x01" * 64, off_curve.push.auth)
    Subscription.objects.filter(device=off_curve.device).update(blob=keys.seal())
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert counts_of(alert) == {"accepted": 2, "poisoned": 2}
    assert delivery.push.received(before.push)
    assert delivery.push.received(after.push)


def test_it_refuses_an_endpoint_that_is_no_longer_allowed(delivery: Delivery) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    keys = make_push_keys("https://intranet.example/push/1")
    Subscription.objects.filter(device=follower.device).update(blob=keys.seal())
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert counts_of(alert) == {"refused": 1}


def test_it_does_not_prune_a_subscription_that_was_repaired_meanwhile(delivery: Delivery) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    batch = Batch.objects.claim(alert.pk, timezone.now())
    assert batch
    outcomes = Outcomes()
    read = audience.read_window(alert, batch, timezone.now())
    assert read
    outcomes.gone, cursor = read
    repaired = delivery.push.subscribe()
    keys = PushKeys(repaired.endpoint, repaired.p256dh, repaired.auth)
    make_subscription(follower.device, keys)
    assert note_window(batch, cursor, outcomes, {}, timezone.now())
    assert Subscription.objects.get(device=follower.device).keys == keys
