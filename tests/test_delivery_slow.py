"""One slow host holds nobody up, and a few phones that hang do not cost every window its limit."""

import time

import pytest
from django.utils import timezone

from campaigns.delivery import audience, worker
from campaigns.delivery.beginning import start_sending
from campaigns.delivery.hosts import RECENT_SECONDS, HostWatch
from campaigns.models import PendingDelivery, PendingReason
from campaigns.models.pending import FRESH_ATTEMPTS
from mobilise.webpush.answers import Answer, Outcome
from tests.delivering import Delivery, counts_of
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
