"""What people do while an alert is being sent by real workers takes effect within one window."""

import time

import pytest
from django.db.models import Sum
from django.utils import timezone

from accounts.models import PushKeys, Subscription
from accounts.pusher import vapid_keys
from campaigns.delivery.audience import WINDOW_SIZE
from campaigns.models import Alert, AlertState, Batch, Campaign, DeliveryTally, PendingDelivery
from tests.api import ApiClient
from tests.delivering import Delivery, Follower, Processes, counts_of, wait_until
from tests.make import as_json_subscription, make_alert, make_campaign, make_hashtag_push
from tests.push_service.behaviours import Behaviour
from tests.push_service.subscriptions import Subscription as Push

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("turn")]

WINDOWS = 3
FOLLOWERS = WINDOWS * WINDOW_SIZE
FEW = 5
# Long enough to do something meanwhile, short enough for no window to be cut short.
ANSWERS_AFTER = 0.25


@pytest.fixture
def workers(processes: Processes) -> Processes:
    """The scheduler and one worker for each of the two queues."""
    processes.start("scheduler")
    for queue in ("delivery", "retries"):
        processes.start("worker", "--queue", queue)
    return processes


def state_of(alert: Alert) -> str:
    return Alert.objects.get(pk=alert.pk).state


def erase(follower: Follower, campaign: Campaign) -> None:
    """By the API, as the app does; so are the others."""
    assert ApiClient(follower.device).call("DELETE", "device").status_code == 204


def unfollow(follower: Follower, campaign: Campaign) -> None:
    assert ApiClient(follower.device).call("DELETE", f"campaigns/{campaign.slug}/follow").status_code == 204


def repair(follower: Follower, delivery: Delivery) -> Push:
    """The browser made a new subscription."""
    new = delivery.push.subscribe()
    body = as_json_subscription(PushKeys(new.endpoint, new.p256dh, new.auth))
    body["application_server_key"] = vapid_keys()[0].public_key
    response = ApiClient(follower.device).call("PUT", "device/subscription", body)
    assert response.status_code == 201, response.content
    return new


def test_who_leaves_or_comes_back_is_seen_in_the_next_window(delivery: Delivery, workers: Processes) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, FOLLOWERS)
    early, late = followers[:WINDOW_SIZE], followers[-WINDOW_SIZE:]
    erased_early, repaired_early = early[:FEW], early[FEW : 2 * FEW]
    erased, unfollowed, repaired = late[:FEW], late[FEW : 2 * FEW], late[2 * FEW : 3 * FEW]
    plans = {one.push.token: [Behaviour(status=500, delay=ANSWERS_AFTER)] for one in erased_early}
    plans |= {one.push.token: [Behaviour(status=410, delay=ANSWERS_AFTER)] for one in repaired_early}
    delivery.push.answer_many({"*": [Behaviour(delay=ANSWERS_AFTER)], **plans})
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    for one in (*erased_early, *repaired_early):
        delivery.push.wait_for(1, by=one.push)
    new_early = [repair(one, delivery) for one in repaired_early]
    for one in (*erased_early, *erased):
        erase(one, campaign)
    for one in unfollowed:
        unfollow(one, campaign)
    new_late = [repair(one, delivery) for one in repaired]
    seen = delivery.push.total()
    wait_until(lambda: state_of(alert) == AlertState.SENT, "the alert sent", 90)
    order = [one.token for one in delivery.push.received()]
    left = {one.push.token for one in (*erased, *unfollowed, *repaired)}
    # On a slow machine their window may have been on its way.
    assert left.isdisjoint(order[seen + WINDOW_SIZE :])
    for old, new in zip(repaired, new_late, strict=True):
        assert new.token in order or old.push.token in order
    assert {one.push.token for one in followers} - left <= set(order)
    # The answer "gone" was about the old one.
    assert_kept(repaired_early, new_early)
    counts = counts_of(alert)
    on_their_way = len(left & set(order))
    assert counts["gone"] == FEW
    assert FOLLOWERS - 4 * FEW <= counts["accepted"] <= FOLLOWERS - 4 * FEW + on_their_way
    assert counts.keys() <= {"accepted", "gone", "skipped"}


def assert_kept(repaired: list[Follower], new: list[Push]) -> None:
    """These devices have their new subscriptions."""
    kept = {row.device_id: row.keys.endpoint for row in Subscription.objects.filter(device__in=devices(repaired))}
    assert kept == {one.device.pk: push.endpoint for one, push in zip(repaired, new, strict=True)}


def devices(followers: list[Follower]) -> list[int]:
    return [one.device.pk for one in followers]


def stop(alert: Alert, delivery: Delivery, how: str) -> int:
    """Pauses or cancels it; how many had arrived once the workers have stopped. At most one window came after it."""
    fresh = Alert.objects.get(pk=alert.pk)
    fresh.pause() if how == "pause" else fresh.cancel(timezone.now())
    seen = delivery.push.total()
    held = {"alert": alert, "lease_until__isnull": False}
    wait_until(lambda: not Batch.objects.filter(**held).exists(), "no batch held")
    wait_until(lambda: not PendingDelivery.objects.filter(**held).exists(), "nothing held that is sent again")
    arrived = delivery.push.total()
    assert arrived <= seen + WINDOW_SIZE
    return arrived


def test_pausing_resuming_and_cancelling_hold_at_the_next_window(delivery: Delivery, workers: Processes) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, FOLLOWERS)
    delivery.push.answer(delay=ANSWERS_AFTER)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.push.wait_for(1)
    paused_at = stop(alert, delivery, "pause")
    assert paused_at < FOLLOWERS
    time.sleep(1)  # several ticks
    assert delivery.push.total() == paused_at
    Alert.objects.get(pk=alert.pk).resume()
    delivery.push.wait_for(paused_at + 1)
    cancelled_at = stop(alert, delivery, "cancel")
    assert cancelled_at < FOLLOWERS
    time.sleep(1)
    assert delivery.push.total() == cancelled_at
    assert state_of(alert) == AlertState.CANCELLED
    # What was sent before the pause was not sent again, but for what a busy machine cut off: that is noted.
    arrived = delivery.push.counts()
    answers = DeliveryTally.objects.filter(batch__alert=alert).exclude(answer="201")
    cut_off = answers.aggregate(total=Sum("count"))["total"] or 0
    assert arrived.keys() <= {one.push.token for one in followers}
    assert sum(arrived.values()) - len(arrived) <= cut_off
    assert 0 <= len(arrived) - counts_of(alert)["accepted"] <= cut_off
    assert not PendingDelivery.objects.exists()
