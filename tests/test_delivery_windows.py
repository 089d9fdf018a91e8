"""Batches and windows: what the database is asked, what is checked again at the moment of sending, who holds what."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Subscription
from campaigns.delivery import audience, worker
from campaigns.delivery.beginning import start_sending
from campaigns.delivery.noting import note_window
from campaigns.delivery.sending import Outcomes
from campaigns.models import Alert, AlertState, Audience, Batch, Campaign, Follow, Participation, PendingDelivery, Stage
from campaigns.models.batch import LEASE
from tests.delivering import Delivery, counts_of
from tests.make import (
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_hashtag_push,
    make_solidarity_alert,
    make_subscription,
)
from tests.query_plans import plan_of

pytestmark = pytest.mark.django_db


def statements(context: CaptureQueriesContext) -> list[str]:
    """The statements but for the transactions' own."""
    marks = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return [query["sql"] for query in context.captured_queries if not query["sql"].startswith(marks)]


def statements_of_one_window(campaign: Campaign, delivery: Delivery, **alert_values: object) -> list[str]:
    """What a window asks of the database: a batch of two windows costs that much more than a batch of one."""
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign), **alert_values))
    start_sending(alert, timezone.now())
    with CaptureQueriesContext(connection) as context:
        worker.send_batches(alert.pk)
    return statements(context)


def test_it_needs_three_statements_for_a_window_that_is_all_accepted(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "WINDOW_SIZE", 2)
    campaign = make_campaign()
    delivery.follow_many(campaign, 2)
    one = len(statements_of_one_window(campaign, delivery))
    delivery.follow_many(campaign, 4)
    three = len(statements_of_one_window(campaign, delivery))
    # 2 followers: one full window and the empty rest; 6: three and the rest.
    assert three - one == 2 * 3


def test_it_needs_one_statement_more_for_a_narrowed_audience(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "WINDOW_SIZE", 2)
    campaign = make_campaign()
    delivery.follow_many(campaign, 2)
    one = len(statements_of_one_window(campaign, delivery, audience=Audience.NOT_JOINED))
    delivery.follow_many(campaign, 4)
    three = len(statements_of_one_window(campaign, delivery, audience=Audience.NOT_JOINED))
    assert three - one == 2 * 4


def test_it_needs_one_statement_more_per_kind_of_outcome(delivery: Delivery) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, 12)
    accepted = len(statements_of_one_window(campaign, delivery))
    for follower in followers[:4]:
        delivery.push.answer(follower.push, status=410)
    for follower in followers[4:8]:
        delivery.push.answer(follower.push, status=500)
    assert len(statements_of_one_window(campaign, delivery)) == accepted + 2


def test_it_cuts_an_audience_into_batches_that_leave_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "BATCH_SIZE", 3)
    campaign, other = make_campaign(), make_campaign()
    devices = [make_device() for _ in range(8)]
    for device in devices:
        make_follow(campaign, device)
        make_follow(other, make_device())
    alert = make_alert(make_hashtag_push(campaign), state=AlertState.SENDING)
    batches = audience.cut(alert, devices[-1].pk)
    windows = [audience.read_window(alert, batch, timezone.now()) or ([], 0) for batch in batches]
    read = [one.device_id for recipients, _ in windows for one in recipients]
    assert len(batches) == 3
    assert read == [device.pk for device in devices]


def test_it_does_not_send_to_who_follows_after_it_began(delivery: Delivery) -> None:
    campaign = make_campaign()
    early = delivery.follow(campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    late = delivery.follow(campaign)
    worker.send_batches(alert.pk)
    assert delivery.push.received(early.push)
    assert not delivery.push.received(late.push)


def test_it_sends_only_to_those_who_want_the_kind(delivery: Delivery) -> None:
    campaign = make_campaign()
    wants, wants_not = delivery.follow_many(campaign, 2)
    Follow.objects.filter(device=wants_not.device).update(kinds_mask=2)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert counts_of(alert) == {"accepted": 1}
    assert delivery.push.received(wants.push)


def test_it_sends_to_unverified_subscriptions_for_a_day(delivery: Delivery) -> None:
    campaign = make_campaign()
    fresh, stale = delivery.follow_many(campaign, 2, verified=False)
    old = timezone.now().date() - timedelta(days=2)
    Subscription.objects.filter(device=stale.device).update(made_on=old)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert counts_of(alert) == {"accepted": 1, "unreachable": 1}
    assert delivery.push.received(fresh.push)


def test_it_counts_a_follower_without_subscription_as_unreachable(delivery: Delivery) -> None:
    campaign = make_campaign()
    make_follow(campaign, make_device())
    assert counts_of(delivery.send(make_alert(make_hashtag_push(campaign)))) == {"unreachable": 1}


@pytest.mark.parametrize("who", [Audience.JOINED, Audience.NOT_JOINED])
def test_it_narrows_the_audience_by_who_joined(delivery: Delivery, who: Audience) -> None:
    campaign = make_campaign()
    joined, others = delivery.follow_many(campaign, 10), delivery.follow_many(campaign, 10)
    push = make_hashtag_push(campaign)
    for one in joined:
        Participation.objects.take_part(push, one.device, Stage.JOINED, None, verified=True, now=timezone.now())
    alert = delivery.send(make_alert(push, audience=who))
    assert counts_of(alert) == {"accepted": 10, "skipped": 10}
    meant, not_meant = (joined, others) if who == Audience.JOINED else (others, joined)
    assert all(delivery.push.received(one.push) for one in meant)
    assert not any(delivery.push.received(one.push) for one in not_meant)


def quiet_now(hours: float) -> dict[str, object]:
    """Quiet hours in UTC that began an hour ago and last so many hours more."""
    now = timezone.now()
    end = (now + timedelta(hours=hours)).time().replace(microsecond=0)
    return {"time_zone": "UTC", "quiet_start": (now - timedelta(hours=1)).time(), "quiet_end": end}


def test_it_waits_for_the_end_of_quiet_hours(delivery: Delivery) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign, **quiet_now(0.5))
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    pending = PendingDelivery.objects.get(alert=alert)
    assert timedelta(minutes=29) < pending.not_before - timezone.now() < timedelta(minutes=31)
    assert not delivery.push.received(follower.push)


def test_it_counts_quiet_hours_that_last_longer_than_the_alert(delivery: Delivery) -> None:
    campaign = make_campaign()
    delivery.follow(campaign, **quiet_now(3))
    assert counts_of(delivery.send(make_alert(make_hashtag_push(campaign)))) == {"quiet": 1}


def test_it_sends_a_solidarity_alert_through_quiet_hours(delivery: Delivery) -> None:
    campaign = make_campaign()
    delivery.follow(campaign, **quiet_now(3))
    assert counts_of(delivery.send(make_alert(make_solidarity_alert(campaign)))) == {"accepted": 1}


def test_it_reaches_the_audience_of_the_wrong_one_with_a_correction(delivery: Delivery) -> None:
    campaign = make_campaign()
    had_it, never_wanted_it = delivery.follow_many(campaign, 2)
    Follow.objects.filter(device=never_wanted_it.device).update(kinds_mask=2)
    wrong = delivery.send(make_alert(make_hashtag_push(campaign)))
    newcomer = delivery.follow(campaign)
    text = {"fr": "C'est à 10 h", "en": "It is at 10"}
    now = timezone.now()
    right = wrong.correct(title=text, body=text, send_at=now, expires_at=now + timedelta(hours=1))
    delivery.send(right)
    assert counts_of(right) == {"accepted": 1}
    assert not delivery.push.received(newcomer.push)
    assert not delivery.push.received(never_wanted_it.push)
    first, second = delivery.push.received(had_it.push)
    assert second.json()["notification"]["tag"] == first.json()["notification"]["tag"] == str(wrong.uuid)
    assert second.json()["notification"]["title"].startswith("Correction")
    assert second.headers["topic"] == first.headers["topic"]


def test_it_stops_the_wrong_one_when_the_correction_begins(delivery: Delivery) -> None:
    campaign = make_campaign()
    delivery.follow(campaign)
    wrong = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(wrong, timezone.now())
    now = timezone.now()
    right = wrong.correct(title={"fr": "x"}, body={"fr": "y"}, send_at=now, expires_at=now + timedelta(hours=1))
    delivery.send(right)
    wrong.refresh_from_db()
    assert wrong.state == AlertState.CANCELLED
    assert delivery.push.total() == 1


@pytest.mark.parametrize("stop", ["pause", "cancel"])
def test_it_stops_within_one_window(delivery: Delivery, monkeypatch: pytest.MonkeyPatch, stop: str) -> None:
    monkeypatch.setattr(audience, "WINDOW_SIZE", 2)
    campaign = make_campaign()
    delivery.follow_many(campaign, 6)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    batch = Batch.objects.claim(alert.pk, timezone.now())
    assert batch
    assert worker._Desk(alert).send_window(batch) is worker.Ended.NOTED
    batch.release()
    alert.pause() if stop == "pause" else alert.cancel(timezone.now())
    worker.send_batches(alert.pk)
    assert delivery.push.total() == 2
    if stop == "pause":
        alert.resume()
        worker.send_batches(alert.pk)
        assert delivery.push.total() == 6


def test_it_refuses_a_late_worker_by_the_fence(delivery: Delivery) -> None:
    campaign = make_campaign()
    delivery.follow(campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    now = timezone.now()
    late = Batch.objects.claim(alert.pk, now)
    assert late
    after = now + LEASE + timedelta(seconds=1)
    other = Batch.objects.claim(alert.pk, after)
    assert other
    outcomes = Outcomes()
    outcomes.counts["accepted"] = 1
    assert not note_window(late, late.last_device, outcomes, {}, after)
    assert counts_of(alert) == {}
    assert note_window(other, other.last_device, outcomes, {}, after)
    assert counts_of(alert) == {"accepted": 1}


def test_it_gives_a_batch_to_one_worker_at_a_time(delivery: Delivery) -> None:
    campaign = make_campaign()
    delivery.follow(campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    now = timezone.now()
    assert Batch.objects.claim(alert.pk, now)
    assert Batch.objects.claim(alert.pk, now) is None


def test_it_is_not_blocked_by_a_clock_that_was_set_back(delivery: Delivery) -> None:
    campaign = make_campaign()
    delivery.follow(campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    now = timezone.now()
    assert Batch.objects.claim(alert.pk, now + timedelta(hours=1))
    assert Batch.objects.claim(alert.pk, now)


def test_it_leaves_postponed_deliveries_that_somebody_else_holds(delivery: Delivery) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    delivery.push.answer(follower.push, status=500)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    PendingDelivery.objects.update(not_before=timezone.now())
    delivery.push.answer(follower.push, status=201)
    claimed = PendingDelivery.objects.claim(alert.pk, timezone.now(), 10)
    PendingDelivery.objects.update(fence=claimed[0].fence + 1)
    assert not worker._Desk(worker._load(alert.pk)).send_lane(claimed)
    assert PendingDelivery.objects.count() == 1
    assert counts_of(alert) == {}


def test_it_sends_no_lane_of_an_alert_that_is_cancelled_in_the_moment_of_its_claim(delivery: Delivery) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    delivery.push.answer(follower.push, status=500)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    PendingDelivery.objects.update(not_before=timezone.now())

    def cancel_before_the_claim(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE") and "lease_until" in sql:
            Alert.objects.in_flight().filter(pk=alert.pk).update(state=AlertState.CANCELLED)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cancel_before_the_claim):
        worker.send_pending(alert.pk)
    alert.refresh_from_db()
    assert alert.state == AlertState.CANCELLED
    assert len(delivery.push.received(follower.push)) == 1
    assert not PendingDelivery.objects.held(timezone.now()).exists()


def test_it_forgets_a_device_that_was_erased_while_it_waited(delivery: Delivery) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    delivery.push.answer(follower.push, status=500)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    follower.device.delete()
    delivery.tick()
    alert.refresh_from_db()
    assert alert.state == AlertState.SENT


def test_it_counts_who_unfollowed_while_they_waited(delivery: Delivery) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    delivery.push.answer(follower.push, status=500)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    PendingDelivery.objects.update(not_before=timezone.now())
    Follow.objects.all().delete()
    delivery.tick()
    assert counts_of(alert) == {"skipped": 1}
    assert delivery.push.total() == 1


def test_it_walks_the_follows_by_an_index() -> None:
    campaign = make_campaign()
    make_subscription(make_device())
    alert = make_alert(make_hashtag_push(campaign))
    batch = Batch.objects.create(alert=alert, first_device=1, last_device=10**6, cursor=0)
    with CaptureQueriesContext(connection) as context:
        audience.read_window(alert, batch, timezone.now())
    plan = plan_of(context.captured_queries[0]["sql"])
    assert re.search(r"SCAN|Seq Scan", plan) is None
    # In the words of SQLite; PostgreSQL's choice among the indexes depends on how many rows there are.
    by_both = r"\(campaign_id=\? AND device_id>\?"
    assert re.search(
        by_both if connection.vendor == "sqlite" else r"Scan using \w+ on campaigns_follow|Index Cond", plan
    )
