"""The scheduler's tick: what begins, what ends, when it rings."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns.delivery import audience
from campaigns.delivery.scheduler import Scheduler
from campaigns.models import Alert, AlertState, Batch, PendingDelivery
from tests.delivering import Delivery
from tests.make import far, make_alert, make_campaign, make_device, make_follow, make_hashtag_push, make_member

pytestmark = pytest.mark.django_db


def make_scheduled(**values: Any) -> Alert:
    """A scheduled alert to one follower who has no subscription."""
    campaign = make_campaign()
    make_follow(campaign, make_device())
    alert = make_alert(make_hashtag_push(campaign), **values)
    alert.schedule(make_member(campaign), timezone.now(), needs_approval=False)
    return alert


def make_scheduler(**options: Any) -> tuple[Scheduler, list[tuple[str, int]]]:
    """A scheduler and the list of its rings."""
    rung: list[tuple[str, int]] = []
    return Scheduler(lambda pk: rung.append(("delivery", pk)), lambda pk: rung.append(("retries", pk)), **options), rung


def test_it_begins_what_is_due_and_rings() -> None:
    alert = make_scheduled()
    scheduler, rung = make_scheduler()
    scheduler.tick(timezone.now())
    alert.refresh_from_db()
    assert alert.state == AlertState.SENDING
    assert alert.audience_size == 1
    assert rung == [("delivery", alert.pk)]


def test_it_leaves_what_is_not_due() -> None:
    alert = make_scheduled(send_at=far(1), expires_at=far(2))
    scheduler, rung = make_scheduler()
    scheduler.tick(timezone.now())
    alert.refresh_from_db()
    assert (alert.state, rung) == (AlertState.SCHEDULED, [])


def test_it_sends_late_what_was_due_while_everything_was_down() -> None:
    alert = make_scheduled(send_at=far(0.01), expires_at=far(1))
    make_scheduler()[0].tick(timezone.now() + timedelta(minutes=50))
    alert.refresh_from_db()
    assert alert.state == AlertState.SENDING


@pytest.mark.parametrize("state", [AlertState.SCHEDULED, AlertState.SENDING, AlertState.PAUSED])
def test_it_expires_what_is_over(state: AlertState) -> None:
    alert = make_scheduled()
    Alert.objects.filter(pk=alert.pk).update(state=state)
    make_scheduler()[0].tick(timezone.now() + timedelta(hours=2))
    alert.refresh_from_db()
    assert alert.state == AlertState.EXPIRED


def test_it_rings_again_only_after_five_seconds_while_work_lies_unclaimed() -> None:
    alert = make_scheduled()
    scheduler, rung = make_scheduler()
    now = timezone.now()
    for seconds in (0, 0.2, 4.9, 5.1):
        scheduler.tick(now + timedelta(seconds=seconds))
    assert rung == [("delivery", alert.pk)] * 2


def test_it_rings_as_often_as_there_are_free_batches_up_to_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "BATCH_SIZE", 1)
    alert = make_scheduled()
    for _ in range(4):
        make_follow(alert.action.campaign, make_device())
    scheduler, rung = make_scheduler(most_rings=3)
    scheduler.tick(timezone.now())
    assert Batch.objects.filter(alert=alert).count() == 5
    assert rung == [("delivery", alert.pk)] * 3


def test_it_does_not_begin_twice_what_another_scheduler_began() -> None:
    alert = make_scheduled()
    make_scheduler()[0].tick(timezone.now())
    make_scheduler()[0].tick(timezone.now())
    assert Batch.objects.filter(alert=alert).count() == 1


def test_it_sends_nothing_but_what_was_scheduled(caplog: pytest.LogCaptureFixture) -> None:
    alert = make_scheduled()
    Alert.objects.filter(pk=alert.pk).update(body={"fr": "something else"})
    make_scheduler()[0].tick(timezone.now())
    alert.refresh_from_db()
    assert alert.state == AlertState.DRAFT
    assert "back to draft" in caplog.text


def test_it_finishes_an_alert_without_followers(delivery: Delivery) -> None:
    alert = delivery.send(make_alert(make_hashtag_push()))
    assert alert.state == AlertState.SENT


@pytest.mark.parametrize(("reason", "due"), [("retry", True), ("slow_host", True), ("quiet_hours", False)])
def test_it_tries_what_was_postponed_before_the_clock_was_set_back(reason: str, due: bool) -> None:
    alert = make_scheduled(send_at=timezone.now(), expires_at=far(4))
    scheduler, rung = make_scheduler()
    ahead, now = far(1), timezone.now()
    scheduler.tick(ahead)
    batch = Batch.objects.get(alert=alert)
    Batch.objects.update(cursor=batch.last_device)
    later = {"reason": reason, "not_before": ahead + timedelta(minutes=2)}
    PendingDelivery.objects.create(alert=alert, batch=batch, device=make_device(), **later)
    scheduler.tick(ahead - timedelta(seconds=5))  # as clocks are corrected
    assert not PendingDelivery.objects.due(now).exists()
    rung.clear()
    scheduler.tick(now)
    assert PendingDelivery.objects.due(now).exists() is due
    assert rung == [("retries", alert.pk)] * due
