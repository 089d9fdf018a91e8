"""One slow host holds nobody up, and a few phones that hang do not cost every window its limit."""

import time
from collections import Counter

import pytest
from django.utils import timezone

from campaigns.delivery import audience, worker
from campaigns.delivery.beginning import start_sending
from campaigns.delivery.hosts import RECENT_SECONDS, HostWatch
from campaigns.delivery.parking import park
from campaigns.models import Alert, PendingDelivery, PendingReason
from campaigns.models.pending import FRESH_ATTEMPTS
from mobilise.webpush.answers import Answer, Outcome
from mobilise.webpush.transport import CONNECTIONS_PER_HOST
from tests.delivering import Delivery, counts_of
from tests.faulty import make_crowd
from tests.make import make_alert, make_campaign, make_hashtag_push

pytestmark = pytest.mark.django_db


def test_it_parks_the_subscriptions_of_a_slow_host_without_asking_it(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "WINDOW_SIZE", 12)
    quick_host, slow_host = delivery.push.hosts[:2]
    delivery.push.answer(slow_host, delay=30)
    campaign = make_campaign()
    for _ in range(8):
        delivery.follow_many(campaign, 2, host=quick_host)
        delivery.follow(campaign, host=slow_host)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    worker.send_batches(alert.pk)
    asked = [one for one in delivery.push.received() if one.host == slow_host]
    assert counts_of(alert) == {"accepted": 16}
    assert PendingDelivery.objects.filter(reason=PendingReason.SLOW_HOST).count() == 8
    # Those of the first window; the second one knew.
    assert len(asked) == 4


def test_it_asks_a_host_that_was_slow_with_a_few_messages_first(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = delivery.push.hosts[0]
    watch = HostWatch()
    monkeypatch.setattr(worker, "_watch", watch)
    for device in range(20):
        slow = Answer(201, None, "", 5.0)
        watch.observe(host, slow, Outcome.ACCEPTED, device, True, time.time() - RECENT_SECONDS - 1)
    monkeypatch.setattr(audience, "WINDOW_SIZE", 8)
    campaign = make_campaign()
    delivery.follow_many(campaign, 16, host=host)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    worker.send_batches(alert.pk)
    # Three of the first window showed that it is quick again: then all of the second.
    assert counts_of(alert) == {"accepted": 3 + 8}
    assert PendingDelivery.objects.filter(reason=PendingReason.SLOW_HOST).count() == 5


def test_it_cancels_a_few_that_hang_once_most_answers_are_in(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without it the window would wait for its limit: the test would take a minute, and its lease run out.
    monkeypatch.setattr(worker, "WINDOW_SECONDS", 60.0)
    campaign = make_campaign()
    hanging, *_ = delivery.follow_many(campaign, 20)
    delivery.push.answer(hanging.push, hang=True)
    began = timezone.now()
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    assert (timezone.now() - began).total_seconds() < 30
    assert counts_of(alert) == {"accepted": 19}
    assert PendingDelivery.objects.get().device == hanging.device


def test_each_phone_of_a_crowd_at_a_host_that_takes_seconds_is_sent_to_once(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As long as a lane: what did not get a connection in time is seen without hurrying.
    monkeypatch.setattr(worker, "WINDOW_SECONDS", worker.PATIENT_SECONDS)
    campaign = make_campaign()
    late = 30
    tokens = make_crowd(delivery.push, campaign, CONNECTIONS_PER_HOST + late)
    delivery.push.answer(delay=5)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    worker.send_batches(alert.pk)
    assert counts_of(alert) == {"accepted": CONNECTIONS_PER_HOST}
    assert delivery.push.total() == CONNECTIONS_PER_HOST
    assert list(PendingDelivery.objects.values_list("reason", "attempts")) == [(PendingReason.SLOW_HOST, 0)] * late
    worker.send_pending(alert.pk)
    assert counts_of(alert) == {"accepted": len(tokens)}
    assert delivery.push.counts() == dict.fromkeys(tokens, 1)


def park_all(delivery: Delivery, followers: dict[str, int]) -> Alert:
    """An alert to so many followers of each host, which are all taken for slow."""
    campaign = make_campaign()
    for host, number in followers.items():
        delivery.follow_many(campaign, number, host=host)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    batch = alert.batches.get()
    park(alert, batch, batch.last_device, dict.fromkeys(followers, (timezone.now(), PendingReason.SLOW_HOST)))
    return alert


def test_a_lane_takes_no_more_of_a_slow_host_than_its_share(delivery: Delivery) -> None:
    slow, other, *_ = delivery.push.hosts
    alert = park_all(delivery, {slow: 5, other: 1})
    lanes = [PendingDelivery.objects.claim(alert.pk, timezone.now(), 200, 2) for _ in range(3)]
    hosts = [Counter(one.host for one in lane) for lane in lanes]
    assert hosts == [{slow: 2, other: 1}, {slow: 2}, {slow: 1}]


def test_a_slow_host_has_no_more_under_way_than_its_share(delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "MOST_OF_A_HOST", 2)
    slow = delivery.push.hosts[0]
    alert = park_all(delivery, {slow: 5})
    delivery.push.answer(delay=0.3)
    worker.send_pending(alert.pk)
    assert counts_of(alert) == {"accepted": 5}
    assert delivery.push.peak(slow) == 2


def test_it_tries_the_untried_before_those_that_keep_hanging(delivery: Delivery) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, 4)
    delivery.push.answer("*", status=500)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    PendingDelivery.objects.update(not_before=timezone.now(), attempts=0)
    stubborn = [follower.device.pk for follower in followers[:2]]
    PendingDelivery.objects.filter(device__in=stubborn).update(attempts=FRESH_ATTEMPTS + 3)
    first = PendingDelivery.objects.claim(alert.pk, timezone.now(), 10)
    second = PendingDelivery.objects.claim(alert.pk, timezone.now(), 10)
    assert {one.device_id for one in first} == {follower.device.pk for follower in followers[2:]}
    assert {one.device_id for one in second} == set(stubborn)


def test_it_sends_the_neighbours_of_a_row_in_a_zone_that_nobody_knows(delivery: Delivery) -> None:
    campaign = make_campaign()
    quiet = {"quiet_start": "00:00", "quiet_end": "23:59"}
    delivery.follow(campaign, time_zone="Mars/Olympus", **quiet)
    neighbour = delivery.follow(campaign)
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert counts_of(alert) == {"accepted": 1, "poisoned": 1}
    assert delivery.push.received(neighbour.push)
