"""Whose host is closed for now is parked by the database itself, and does not hold up who only waited."""

import re
import time
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.delivery import audience, worker
from campaigns.delivery.beginning import start_sending
from campaigns.delivery.hosts import BUSY_TO_HOLD, FEWEST_SAMPLES, HostWatch
from campaigns.delivery.parking import closed_hosts, park
from campaigns.delivery.pauses import PARKED
from campaigns.models import Alert, Batch, Campaign, DeliveryTally, PendingDelivery, PendingReason, PushHost
from mobilise.webpush.answers import Answer, Outcome
from tests.delivering import Delivery, counts_of
from tests.make import make_alert, make_campaign, make_hashtag_push
from tests.query_plans import plan_of

pytestmark = pytest.mark.django_db

SOON = timedelta(hours=1)


def be_slow(watch: HostWatch, host: str) -> None:
    """As if the host had just answered slowly."""
    for device in range(FEWEST_SAMPLES):
        watch.observe(host, Answer(201, None, "", 5.0), Outcome.ACCEPTED, device, True, time.time())


def ask_for_peace(watch: HostWatch, host: str, seconds: float) -> None:
    """As if the host had just answered 429 several times."""
    for device in range(BUSY_TO_HOLD):
        watch.observe(host, Answer(429, seconds, "", 0.1), Outcome.RETRY, device, True, time.time())


def begin(delivery: Delivery, campaign: Campaign) -> Alert:
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    return alert


def waiting(alert: Alert) -> dict[int, tuple[str, str, datetime]]:
    rows = PendingDelivery.objects.filter(alert=alert)
    return {row.device_id: (row.reason, row.host, row.not_before) for row in rows}


def test_it_asks_no_host_that_is_closed_and_says_of_each_follower_why_they_wait(delivery: Delivery) -> None:
    quick, slow, busy, *_ = delivery.push.hosts
    be_slow(worker._watch, slow)
    ask_for_peace(worker._watch, busy, 30)
    PushHost.objects.pause("paused.example", timezone.now(), "refuses us")
    campaign = make_campaign()
    now = timezone.now()
    of = {host: delivery.follow(campaign, host=host).device.pk for host in (quick, slow, busy)}
    of["paused.example"] = delivery.follow(campaign, host=quick).device.pk
    move_to_host(of["paused.example"], "paused.example")
    alert = begin(delivery, campaign)
    worker.send_batches(alert.pk)
    found = waiting(alert)
    assert counts_of(alert) == {"accepted": 1}
    assert delivery.push.total() == 1
    assert {device: row[:2] for device, row in found.items()} == {
        of[slow]: ("slow_host", slow),
        of[busy]: ("retry", busy),
        of["paused.example"]: ("host_paused", "paused.example"),
    }
    assert found[of[slow]][2] <= timezone.now()
    assert now + timedelta(seconds=20) < found[of[busy]][2] < timezone.now() + timedelta(seconds=31)
    assert now + PARKED <= found[of["paused.example"]][2] <= timezone.now() + PARKED


def move_to_host(device: int, host: str) -> None:
    """Its subscription is of another host: sending to it would fail."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_subscription SET host = %s WHERE device_id = %s", [host, device])


def test_it_reads_full_windows_of_those_who_are_sent_to(delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "WINDOW_SIZE", 4)
    quick, slow, *_ = delivery.push.hosts
    be_slow(worker._watch, slow)
    campaign = make_campaign()
    for _ in range(8):
        delivery.follow(campaign, host=quick)
        delivery.follow(campaign, host=slow)
    alert = begin(delivery, campaign)
    with CaptureQueriesContext(connection) as context:
        worker.send_batches(alert.pk)
    read = [one["sql"] for one in context.captured_queries if "blob" in one["sql"] and "LIMIT 4" in one["sql"]]
    parked = [
        one["sql"] for one in context.captured_queries if one["sql"].startswith("INSERT") and "CASE" in one["sql"]
    ]
    assert counts_of(alert) == {"accepted": 8}
    assert len(waiting(alert)) == 8
    # Two full windows and what is behind them; the rest of the batch is asked for twice when nobody is left in it.
    assert len(read) == 4
    assert len(parked) == 3


def test_it_parks_a_whole_batch_of_a_closed_host(delivery: Delivery) -> None:
    slow = delivery.push.hosts[1]
    be_slow(worker._watch, slow)
    campaign = make_campaign()
    devices = {one.device.pk for one in delivery.follow_many(campaign, 5, host=slow)}
    alert = begin(delivery, campaign)
    worker.send_batches(alert.pk)
    assert set(waiting(alert)) == devices
    assert not Batch.objects.unfinished().exists()


def test_it_parks_nobody_twice(delivery: Delivery) -> None:
    slow = delivery.push.hosts[1]
    campaign = make_campaign()
    delivery.follow_many(campaign, 3, host=slow)
    alert = begin(delivery, campaign)
    batch = Batch.objects.get(alert=alert)
    closed = {slow: (timezone.now(), PendingReason.SLOW_HOST)}
    park(alert, batch, batch.last_device, closed)
    PendingDelivery.objects.update(attempts=2)
    park(alert, batch, batch.last_device, closed)
    assert list(PendingDelivery.objects.values_list("attempts", flat=True)) == [2, 2, 2]


def test_it_decides_about_who_was_parked_when_they_are_sent_to(delivery: Delivery) -> None:
    slow = delivery.push.hosts[1]
    be_slow(worker._watch, slow)
    campaign = make_campaign()
    delivery.follow(campaign, host=slow)
    delivery.follow(campaign, host=slow, quiet_start="00:00", quiet_end="23:59")
    alert = begin(delivery, campaign)
    worker.send_batches(alert.pk)
    assert len(waiting(alert)) == 2
    worker.send_pending(alert.pk)
    assert counts_of(alert) == {"accepted": 1, "quiet": 1}


def test_it_leaves_a_host_that_opens_too_late_to_be_counted() -> None:
    watch, now = HostWatch(), timezone.now()
    ask_for_peace(watch, "busy.example", 40)
    assert set(closed_hosts(watch, set(), now, now + SOON)) == {"busy.example"}
    assert not closed_hosts(watch, set(), now, now + timedelta(seconds=30))


def test_it_says_the_strongest_reason_of_a_host() -> None:
    watch, now = HostWatch(), timezone.now()
    be_slow(watch, "a.example")
    ask_for_peace(watch, "a.example", 40)
    assert closed_hosts(watch, set(), now, now + SOON)["a.example"][1] is PendingReason.RETRY
    assert closed_hosts(watch, {"a.example"}, now, now + SOON)["a.example"][1] is PendingReason.HOST_PAUSED


def test_it_walks_the_followers_by_an_index() -> None:
    alert = make_alert(make_hashtag_push(make_campaign()))
    batch = Batch.objects.create(alert=alert, first_device=1, last_device=10**6, cursor=0)
    with CaptureQueriesContext(connection) as context:
        audience.read_window(alert, batch, timezone.now(), ["slow.example"])
        park(alert, batch, 10**6, {"slow.example": (timezone.now(), PendingReason.SLOW_HOST)})
    plans = [plan_of(one["sql"]) for one in context.captured_queries if "campaigns_follow" in one["sql"]]
    assert len(plans) >= 2
    assert not [plan for plan in plans if re.search(r"SCAN (?!CONSTANT)|Seq Scan", plan)]


def test_it_sends_to_who_only_waited_before_a_crowd_of_slow_ones(delivery: Delivery) -> None:
    quick, slow, *_ = delivery.push.hosts
    campaign = make_campaign()
    crowd = {one.device.pk for one in delivery.follow_many(campaign, 3, host=slow)}
    late = delivery.follow(campaign, host=quick).device.pk
    alert = begin(delivery, campaign)
    batch = Batch.objects.get(alert=alert)
    long_ago = timezone.now() - SOON
    park(alert, batch, batch.last_device, {slow: (long_ago, PendingReason.SLOW_HOST)})
    park(alert, batch, batch.last_device, {quick: (timezone.now(), PendingReason.QUIET_HOURS)})
    first = PendingDelivery.objects.claim(alert.pk, timezone.now(), 10)
    second = PendingDelivery.objects.claim(alert.pk, timezone.now(), 10)
    assert {one.device_id for one in first} == {late}
    assert {one.device_id for one in second} == crowd


def test_it_waits_for_the_answer_of_a_slow_host_so_that_no_phone_rings_twice(delivery: Delivery) -> None:
    slow = delivery.push.hosts[1]
    be_slow(worker._watch, slow)
    delivery.push.answer(slow, delay=worker.WINDOW_SECONDS + 1)
    campaign = make_campaign()
    delivery.follow_many(campaign, 3, host=slow)
    alert = begin(delivery, campaign)
    worker.send_batches(alert.pk)
    worker.send_pending(alert.pk)
    assert counts_of(alert) == {"accepted": 3}
    assert delivery.push.total() == 3
    assert dict(DeliveryTally.objects.filter(batch__alert=alert).values_list("answer", "count")) == {"201": 3}
