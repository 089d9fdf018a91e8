"""Push services at their worst, all at once: everybody is accounted for, and who can be reached is."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Subscription
from campaigns.delivery import audience
from campaigns.delivery.audience import Recipient
from campaigns.delivery.hosts import REFUSALS_TO_PAUSE, HostWatch
from campaigns.delivery.sending import Assessor, Outcomes
from campaigns.delivery.sending import Delivery as OneDelivery
from campaigns.models import Alert, AlertState, DeliveryTally, PendingDelivery, PendingReason, PushHost
from mobilise.webpush.answers import Answer
from mobilise.webpush.pusher import Message, Target
from tests.delivering import Delivery, Follower, Processes, counts_of, wait_until
from tests.make import make_alert, make_campaign, make_hashtag_push, make_solidarity_alert
from tests.push_service.behaviours import Behaviour

# What each says, and what becomes of whoever it is said to; "later" is a delivery that waits.
MOODS: dict[str, tuple[dict[str, Any], str]] = {
    "201": ({}, "accepted"),
    "huge body": ({"body_size": 3_000_000}, "accepted"),
    "404": ({"status": 404}, "gone"),
    "410": ({"status": 410}, "gone"),
    "301": ({"status": 301, "location": "self"}, "refused"),
    "302": ({"status": 302, "location": "self"}, "refused"),
    "307": ({"status": 307, "location": "self"}, "refused"),
    "308": ({"status": 308, "location": "self"}, "refused"),
    "401": ({"status": 401}, "refused"),
    "406": ({"status": 406}, "refused"),
    "413": ({"status": 413}, "refused"),
    "500": ({"status": 500}, "later"),
    "503": ({"status": 503, "retry_after": 5}, "later"),
    "999": ({"status": 999}, "later"),
    "reset": ({"reset": True}, "later"),
    "closed": ({"close": True}, "later"),
    "no HTTP": ({"garbage": True}, "later"),
    "hangs": ({"hang": True}, "later"),
    "headers drip": ({"drip_headers": 0.2}, "later"),
}


@pytest.mark.django_db
def test_it_accounts_for_everybody_whatever_their_service_says(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "WINDOW_SIZE", 40)
    campaign = make_campaign()
    moods = {mood: delivery.follow_many(campaign, 4) for mood in MOODS}
    plans = {one.push.token: [Behaviour(**MOODS[mood][0])] for mood, ones in moods.items() for one in ones}
    delivery.push.answer_many(plans)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    waiting = Counter(PendingDelivery.objects.filter(alert=alert).values_list("device_id", flat=True))
    # A few may wait for another reason: their service had just asked for peace, or was slow.
    counts = Counter(counts_of(alert))
    assert counts.total() + waiting.total() == 4 * len(MOODS)
    must_wait = {one.device.pk for mood, ones in moods.items() if MOODS[mood][1] == "later" for one in ones}
    assert must_wait <= set(waiting)
    everything_is_well(delivery)
    finish(delivery, alert)
    expected = Counter(MOODS[mood][1].replace("later", "accepted") for mood, ones in moods.items() for _ in ones)
    # Whoever waited was asked again when all was well.
    assert Counter(counts_of(alert)).total() == 4 * len(MOODS)
    assert counts_of(alert)["accepted"] >= expected["accepted"]
    gone = {one.device.pk for mood in ("404", "410") for one in moods[mood]} - set(waiting)
    assert set(Subscription.objects.values_list("device_id", flat=True)).isdisjoint(gone)
    assert Subscription.objects.count() == 4 * len(MOODS) - len(gone)


def everything_is_well(delivery: Delivery) -> None:
    """From now on all services answer 201, and what waits is due."""
    delivery.push.reset()
    PendingDelivery.objects.update(not_before=timezone.now())


def finish(delivery: Delivery, alert: Alert) -> None:
    """Ticks until nothing is left of it."""

    def sent() -> bool:
        PendingDelivery.objects.update(not_before=timezone.now())
        delivery.scheduler._rung.clear()
        delivery.tick()
        return Alert.objects.filter(pk=alert.pk, state=AlertState.SENT).exists()

    wait_until(sent, "the alert sent")


@pytest.mark.django_db
def test_it_deletes_the_third_that_is_gone_and_asks_them_no_more(delivery: Delivery) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, 60)
    delivery.push.answer_many({one.push.token: [Behaviour(status=410)] for one in followers[::3]})
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert (alert.state, counts_of(alert)) == (AlertState.SENT, {"accepted": 40, "gone": 20})
    assert not PushHost.objects.exists()
    later = delivery.send(make_alert(make_hashtag_push(campaign)))
    assert counts_of(later) == {"accepted": 40, "unreachable": 20}
    assert delivery.push.total() == 60 + 40


@pytest.mark.django_db
def test_it_waits_as_long_as_a_date_in_retry_after_says(delivery: Delivery) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=10)
    delivery.push.answer(follower.push, status=429, retry_after=format_datetime(moment, usegmt=True))
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    pending = PendingDelivery.objects.get(alert=alert)
    assert abs(pending.not_before - moment) < timedelta(seconds=5)


def windows_says(status: int) -> Outcomes:
    """What becomes of a delivery to Microsoft's service that answers so."""
    row: dict[str, Any] = dict.fromkeys(Recipient._fields)
    recipient = Recipient(**{**row, "device_id": 1, "host": "db5p.notify.windows.com"})
    message = Message(b"{}", ttl=60, urgency="normal", topic=None)
    one = OneDelivery(recipient, Target("", b"", b"", ""), message)
    outcomes, now = Outcomes(), timezone.now()
    assessor = Assessor(HostWatch(), now + timedelta(hours=1))
    assessor.assess([one], [Answer(status, None, "", 0.1)], now, outcomes)
    return outcomes


def test_it_comes_back_later_when_windows_says_406() -> None:
    assert [one.reason for one in windows_says(406).postponed] == [PendingReason.RETRY]
    assert windows_says(400).counts == {"refused": 1}


@pytest.mark.django_db
def test_it_pauses_nothing_for_one_hostile_subscription(delivery: Delivery) -> None:
    campaign = make_campaign()
    hostile, *others = delivery.follow_many(campaign, 3)
    delivery.push.answer(hostile.push, status=401)
    for _ in range(REFUSALS_TO_PAUSE + 2):
        # Of these a campaign may send as many a day as it has to.
        alert = delivery.send(make_alert(make_solidarity_alert(campaign)))
        assert counts_of(alert) == {"accepted": len(others), "refused": 1}
    assert not PushHost.objects.exists()
    assert Subscription.objects.filter(device=hostile.device).exists()


@pytest.mark.django_db(transaction=True)
def test_workers_go_on_with_the_others_and_resume_a_host_by_themselves(
    delivery: Delivery, processes: Processes
) -> None:
    campaign = make_campaign()
    bad_host, good_host = delivery.push.hosts[:2]
    refused: list[Follower] = delivery.follow_many(campaign, 60, host=bad_host)
    others = delivery.follow_many(campaign, 20, host=good_host)
    delivery.push.answer(bad_host, status=401)
    processes.start("scheduler")
    for queue in ("delivery", "retries"):
        processes.start("worker", "--queue", queue)
    first = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    wait_until(lambda: state_of(first) == AlertState.SENT, "the first alert sent")
    assert counts_of(first) == {"accepted": len(others), "refused": len(refused)}
    assert PushHost.objects.paused().get().host == bad_host
    second = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    wait_until(lambda: counts_of(second).get("accepted", 0) == len(others), "the good host's sent")
    tried = delivery.push.total()
    the_next_try_is_due()
    wait_until(lambda: delivery.push.total() > tried, "a try of the paused host")
    delivery.push.answer(bad_host, status=201)
    the_next_try_is_due()
    wait_until(lambda: state_of(second) == AlertState.SENT, "all sent once the host is good again")
    assert counts_of(second) == {"accepted": len(others) + len(refused)}
    assert Subscription.objects.count() == len(others) + len(refused)
    # Few were asked while it refused: not everybody once more.
    asked = DeliveryTally.objects.filter(batch__alert=second, answer="401").values_list("count", flat=True)
    assert 0 < sum(asked) < len(refused) / 2


def the_next_try_is_due() -> None:
    """Nobody has to wait for it in a test."""
    PushHost.objects.paused().update(paused_until=timezone.now())


def state_of(alert: Alert) -> str:
    return Alert.objects.get(pk=alert.pk).state
