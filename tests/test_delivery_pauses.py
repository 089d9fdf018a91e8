"""A host that refuses us: paused with an alarm, tried with a few messages, and all of it sent once it is good again."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from campaigns.delivery import pauses, worker
from campaigns.delivery.hosts import REFUSALS_TO_PAUSE
from campaigns.delivery.pauses import PROBES, look_after
from campaigns.models import Alert, AlertState, Campaign, PendingDelivery, PendingReason, PushHost
from campaigns.models.push_host import PROBE_EVERY, WAKING
from mobilise.webpush.answers import Answer, Outcome
from tests.delivering import Delivery, Follower, counts_of
from tests.make import make_alert, make_campaign, make_device, make_follow, make_hashtag_push, make_subscription

pytestmark = pytest.mark.django_db


def pause(delivery: Delivery, campaign: Campaign, followers: int = REFUSALS_TO_PAUSE) -> list[Follower]:
    """The first host refuses an alert to so many, and is paused."""
    made = delivery.follow_many(campaign, followers)
    delivery.push.answer(delivery.push.hosts[0], status=401)
    delivery.send(make_alert(make_hashtag_push(campaign)))
    assert [row.host for row in PushHost.objects.paused()] == [delivery.push.hosts[0]]
    return made


def try_again(delivery: Delivery) -> None:
    """The moment of the next try has come; it is made."""
    PushHost.objects.update(paused_until=timezone.now())
    delivery.tick()
    delivery.tick()


def asked(delivery: Delivery) -> int:
    return delivery.push.total()


def test_it_parks_what_is_for_a_paused_host_and_sends_to_the_others(delivery: Delivery) -> None:
    campaign = make_campaign()
    pause(delivery, campaign)
    other = delivery.follow(campaign, host=delivery.push.hosts[1])
    before = asked(delivery)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    assert counts_of(alert) == {"accepted": 1}
    assert delivery.push.received(other.push)
    assert asked(delivery) == before + 1
    parked = PendingDelivery.objects.filter(alert=alert, reason=PendingReason.HOST_PAUSED)
    assert parked.count() == REFUSALS_TO_PAUSE


def test_it_tries_a_paused_host_with_a_few_messages_and_gives_none_of_them_up(delivery: Delivery) -> None:
    campaign = make_campaign()
    pause(delivery, campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    before = asked(delivery)
    for tries in (1, 2):
        try_again(delivery)
        delivery.tick()  # no second try at once
        assert asked(delivery) == before + tries * PROBES
    assert counts_of(alert) == {}
    assert PendingDelivery.objects.filter(alert=alert).count() == REFUSALS_TO_PAUSE
    # Each time they were others.
    assert PendingDelivery.objects.filter(alert=alert, attempts=1).count() == 2 * PROBES
    assert PushHost.objects.paused().exists()


def test_it_sends_all_that_was_parked_once_the_host_answers_well(delivery: Delivery) -> None:
    campaign = make_campaign()
    pause(delivery, campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    delivery.push.answer(delivery.push.hosts[0], status=201)
    try_again(delivery)
    assert counts_of(alert) == {"accepted": PROBES}
    assert not PushHost.objects.paused().exists()
    for _ in range(3):
        delivery.tick()
    alert.refresh_from_db()
    assert counts_of(alert) == {"accepted": REFUSALS_TO_PAUSE}
    assert alert.state == AlertState.SENT


def test_it_pauses_again_when_the_host_refuses_again(delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LANE_SIZE", REFUSALS_TO_PAUSE)
    campaign = make_campaign()
    pause(delivery, campaign, 3 * REFUSALS_TO_PAUSE)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    before = asked(delivery)
    # Somebody pressed the button too early.
    assert PushHost.objects.resume(delivery.push.hosts[0], timezone.now())
    delivery.tick()
    delivery.tick()
    assert asked(delivery) == before + REFUSALS_TO_PAUSE
    assert counts_of(alert) == {"refused": REFUSALS_TO_PAUSE}
    assert PushHost.objects.paused().exists()
    assert PendingDelivery.objects.filter(alert=alert, reason=PendingReason.HOST_PAUSED).exists()


def test_it_sends_at_once_when_somebody_resumes_the_host(delivery: Delivery) -> None:
    campaign = make_campaign()
    pause(delivery, campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    delivery.push.answer(delivery.push.hosts[0], status=201)
    assert PushHost.objects.resume(delivery.push.hosts[0], timezone.now())
    assert not PushHost.objects.resume(delivery.push.hosts[0], timezone.now())
    delivery.tick()
    delivery.tick()
    assert counts_of(alert) == {"accepted": REFUSALS_TO_PAUSE}


def test_it_takes_a_message_to_who_is_gone_for_a_good_answer(delivery: Delivery) -> None:
    campaign = make_campaign()
    pause(delivery, campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    delivery.push.answer(delivery.push.hosts[0], status=410)
    try_again(delivery)
    assert counts_of(alert) == {"gone": PROBES}
    assert not PushHost.objects.paused().exists()


@pytest.mark.parametrize("answer", [{"status": 500}, {"reset": True}], ids=["500", "reset"])
def test_it_stays_paused_when_the_host_does_not_say_yes(delivery: Delivery, answer: dict[str, object]) -> None:
    campaign = make_campaign()
    pause(delivery, campaign)
    delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    delivery.push.answer(delivery.push.hosts[0], **answer)
    try_again(delivery)
    assert PushHost.objects.paused().exists()
    assert PendingDelivery.objects.count() == REFUSALS_TO_PAUSE


def test_it_tries_those_whose_subscription_was_verified_first(delivery: Delivery) -> None:
    campaign = make_campaign()
    strangers = delivery.follow_many(campaign, PROBES, verified=False)
    pause(delivery, campaign)
    delivery.push.reset()
    delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    try_again(delivery)
    tried = {one.token for one in delivery.push.received()}
    assert len(tried) == PROBES
    assert tried.isdisjoint(one.push.token for one in strangers)


def parked_alert(**values: object) -> Alert:
    """An alert with one delivery that is parked for a paused host; the rows alone."""
    campaign, device = make_campaign(), make_device()
    subscription = make_subscription(device)
    make_follow(campaign, device)
    alert = make_alert(make_hashtag_push(campaign), state=AlertState.SENDING, **values)
    batch = alert.batches.create(first_device=1, last_device=device.pk, cursor=device.pk)
    later = timezone.now() + pauses.PARKED
    parked = {"reason": PendingReason.HOST_PAUSED, "host": subscription.host, "not_before": later}
    PendingDelivery.objects.create(alert=alert, batch=batch, device=device, **parked)
    PushHost.objects.pause(subscription.host, timezone.now(), "it refuses")
    return alert


def due_after(now: datetime) -> list[str]:
    """The reasons of what is due once paused hosts were looked after."""
    look_after(now)
    return list(PendingDelivery.objects.due(now).values_list("reason", flat=True))


def test_it_tries_it_once_in_a_while() -> None:
    parked_alert()
    now = timezone.now()
    assert due_after(now) == []
    assert due_after(now + PROBE_EVERY) == [PendingReason.PROBE]


def test_it_tries_it_with_a_clock_that_was_set_back() -> None:
    parked_alert()
    assert due_after(timezone.now() - timedelta(hours=1)) == [PendingReason.PROBE]


@pytest.mark.parametrize("state", [AlertState.PAUSED, AlertState.CANCELLED])
def test_it_tries_it_with_no_message_of_an_alert_that_is_not_sent(state: AlertState) -> None:
    alert = parked_alert()
    Alert.objects.filter(pk=alert.pk).update(state=state)
    assert due_after(timezone.now() + PROBE_EVERY) == []


def test_it_also_wakes_what_was_parked_a_moment_after_the_pause() -> None:
    parked_alert()
    now = timezone.now()
    PushHost.objects.resume(PushHost.objects.get().host, now)
    assert due_after(now + WAKING / 2) == [PendingReason.RETRY]


def test_it_looks_at_what_is_parked_once_in_a_while_in_any_case(delivery: Delivery) -> None:
    campaign = make_campaign()
    followers = pause(delivery, campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    # Its subscription is another one by now, at a host that is not paused.
    repaired = delivery.follow(campaign, host=delivery.push.hosts[1])
    PendingDelivery.objects.filter(alert=alert).exclude(device=followers[0].device).delete()
    PendingDelivery.objects.filter(alert=alert).update(device=repaired.device, not_before=timezone.now())
    delivery.tick()
    assert delivery.push.received(repaired.push)


def test_it_counts_what_is_still_parked_at_the_end_as_failed(delivery: Delivery) -> None:
    campaign = make_campaign()
    pause(delivery, campaign)
    # Less time than between two looks at what is parked.
    alert = make_alert(make_hashtag_push(campaign), expires_at=timezone.now() + timedelta(minutes=2))
    delivery.schedule(alert)
    delivery.tick()
    assert PendingDelivery.objects.filter(alert=alert).count() == REFUSALS_TO_PAUSE
    delivery.scheduler.tick(timezone.now() + timedelta(minutes=3))
    alert.refresh_from_db()
    assert alert.state == AlertState.EXPIRED
    assert counts_of(alert) == {"failed": REFUSALS_TO_PAUSE}


def test_it_tries_no_paused_host_for_having_been_slow(delivery: Delivery) -> None:
    campaign = make_campaign()
    host = delivery.push.hosts[0]
    delivery.follow_many(campaign, 5)
    long_ago = timezone.now().timestamp() - 60
    for device in range(50):
        worker._watch.observe(host, Answer(201, None, "", 5.0), Outcome.ACCEPTED, device, True, long_ago)
    PushHost.objects.pause(host, timezone.now(), "it refuses")
    delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.tick()
    assert asked(delivery) == 0


def test_it_raises_one_alarm_for_one_pause(delivery: Delivery, caplog: pytest.LogCaptureFixture) -> None:
    campaign = make_campaign()
    pause(delivery, campaign)
    alarm = PushHost.objects.get().alarm
    assert not PushHost.objects.pause(delivery.push.hosts[0], timezone.now(), "again")
    assert PushHost.objects.get().alarm == alarm
    assert caplog.text.count("push service paused") == 1


def test_it_claims_probes_before_all_that_waits_for_slow_hosts() -> None:
    alert = parked_alert()
    batch = alert.batches.get()
    PendingDelivery.objects.update(reason=PendingReason.PROBE, attempts=5, not_before=timezone.now())
    earlier = timezone.now() - timedelta(minutes=1)
    waiting = {"alert": alert, "batch": batch, "reason": PendingReason.SLOW_HOST, "not_before": earlier}
    for _ in range(3):
        PendingDelivery.objects.create(device=make_device(), **waiting)
    claimed = PendingDelivery.objects.claim(alert.pk, timezone.now(), 10)
    assert [one.reason for one in claimed] == [PendingReason.PROBE]
    assert len(PendingDelivery.objects.claim(alert.pk, timezone.now(), 10)) == 3
