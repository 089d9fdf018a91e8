"""kill -9: a worker dies in the middle, and the next one goes on from where it had checked in."""

from collections import Counter

import pytest

from campaigns.delivery.audience import WINDOW_SIZE
from campaigns.models import Alert, AlertState, Batch
from tests.delivering import Delivery, Processes, counts_of, wait_until
from tests.make import make_alert, make_campaign, make_hashtag_push

FOLLOWERS = 900


@pytest.mark.django_db(transaction=True)
def test_it_leaves_nobody_out_when_a_worker_is_killed(delivery: Delivery, processes: Processes) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, FOLLOWERS)
    # Slow enough that the kill falls into a window, quick enough for no window to be cut short.
    delivery.push.answer("*", delay=0.1)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    processes.start("scheduler")
    first = processes.start("worker", "--queue", "delivery")
    processes.start("worker", "--queue", "retries")
    wait_until(lambda: delivery.push.total() > WINDOW_SIZE * 1.5, "a window and a half sent")
    processes.kill(first)
    seen_at_kill = delivery.push.total()
    assert seen_at_kill < FOLLOWERS, "the worker was done before it could be killed"
    delivery.push.answer("*", status=201)
    processes.start("worker", "--queue", "delivery")
    wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert sent by the next worker", 90)
    arrived = Counter(one.token for one in delivery.push.received())
    repeats = arrived.total() - len(arrived)
    print(f"killed after {seen_at_kill} of {FOLLOWERS}; {repeats} repeated")  # noqa: T201  # the figure, for the reader
    assert set(arrived) == {follower.push.token for follower in followers}
    assert repeats < WINDOW_SIZE
    assert counts_of(alert) == {"accepted": FOLLOWERS}
    assert Batch.objects.filter(alert=alert, fence__gt=1).exists()
    log = processes.log.read_text()
    assert "/push/" not in log
    assert "Traceback" not in log


@pytest.mark.django_db(transaction=True)
def test_it_sends_through_a_scheduler_and_a_worker_of_their_own(delivery: Delivery, processes: Processes) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    processes.start("scheduler")
    processes.start("worker", "--queue", "delivery")
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.push.wait_for(1, by=follower.push, timeout=30)
    wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert sent")
    assert counts_of(alert) == {"accepted": 1}
