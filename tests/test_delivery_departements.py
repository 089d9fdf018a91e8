"""An alert for some departements: who gets it, what it asks of the database, what holds it back."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Device
from campaigns.delivery import audience, worker
from campaigns.delivery.beginning import begin, start_sending
from campaigns.delivery.parking import park
from campaigns.models import (
    Alert,
    AlertState,
    Audience,
    Batch,
    Campaign,
    HeldBack,
    Participation,
    PendingDelivery,
    PendingReason,
    Stage,
)
from tests.delivering import Delivery, counts_of
from tests.make import far, make_alert, make_campaign, make_device, make_followers, make_hashtag_push, make_subscription
from tests.query_plans import plan_of

pytestmark = pytest.mark.django_db
PARIS = ["75", "93"]


def statements_of_one_window(campaign: Campaign, delivery: Delivery) -> int:
    """How much a batch of this campaign asks of the database while it is sent."""
    alert = make_alert(make_hashtag_push(campaign), departements=PARIS)
    alert = delivery.schedule(alert)
    start_sending(alert, timezone.now())
    with CaptureQueriesContext(connection) as context:
        worker.send_batches(alert.pk)
    marks = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
    return len([query for query in context.captured_queries if not query["sql"].startswith(marks)])


def test_it_reaches_the_phones_of_the_departements_alone(delivery: Delivery) -> None:
    campaign = make_campaign()
    there = [*delivery.follow_many(campaign, 6, departement="75"), *delivery.follow_many(campaign, 5, departement="93")]
    elsewhere = [*delivery.follow_many(campaign, 2, departement="13"), *delivery.follow_many(campaign, 2)]
    alert = delivery.send(make_alert(make_hashtag_push(campaign), departements=PARIS))
    assert (alert.state, alert.audience_size) == (AlertState.SENT, 11)
    assert counts_of(alert) == {"accepted": 11}
    assert all(delivery.push.received(one.push) for one in there)
    assert not any(delivery.push.received(one.push) for one in elsewhere)


def test_it_needs_three_statements_for_a_window_all_the_same(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "WINDOW_SIZE", 2)
    campaign = make_campaign()
    delivery.follow_many(campaign, 2, departement="75")
    delivery.follow_many(campaign, 3, departement="13")
    one = statements_of_one_window(campaign, delivery)
    delivery.follow_many(campaign, 4, departement="75")
    assert statements_of_one_window(campaign, delivery) - one == 2 * 3


def test_it_walks_the_follows_by_an_index_all_the_same() -> None:
    campaign = make_campaign()
    make_subscription(make_device(departement="75"))
    alert = make_alert(make_hashtag_push(campaign), departements=PARIS)
    batch = Batch.objects.create(alert=alert, first_device=1, last_device=10**6, cursor=0)
    with CaptureQueriesContext(connection) as context:
        audience.read_window(alert, batch, timezone.now())
        audience.cut(alert, 10**6)
    plans = [plan_of(query["sql"]) for query in context.captured_queries if "campaigns_follow" in query["sql"]]
    assert len(plans) == 2
    # A subquery is walked through as a whole; no table is.
    tables = r"(?:SCAN|Seq Scan on) (?:campaigns_|accounts_)"
    assert [plan for plan in plans if re.search(tables, plan)] == []


def test_it_parks_nobody_of_elsewhere(delivery: Delivery) -> None:
    campaign = make_campaign()
    (here,) = make_followers(campaign, 1, departement="75")
    (there,) = make_followers(campaign, 1, departement="13")
    alert = make_alert(make_hashtag_push(campaign), departements=PARIS)
    batch = Batch.objects.create(alert=alert, first_device=1, last_device=there.pk, cursor=0)
    closed = {"fcm.googleapis.com": (timezone.now(), PendingReason.SLOW_HOST)}
    park(alert, batch, there.pk, closed)
    assert list(PendingDelivery.objects.values_list("device_id", flat=True)) == [here.pk]


def test_it_asks_again_where_a_phone_is_when_its_turn_in_the_lane_comes(delivery: Delivery) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, 10, departement="75")
    delivery.push.answer(followers[0].push, status=500)
    alert = delivery.send(make_alert(make_hashtag_push(campaign), departements=PARIS))
    Device.objects.filter(pk=followers[0].device.pk).update(departement="13")
    PendingDelivery.objects.update(not_before=timezone.now())
    delivery.push.answer(followers[0].push, status=201)
    delivery.tick()
    assert counts_of(alert) == {"accepted": 9, "skipped": 1}


def test_it_is_held_back_when_its_narrowed_audience_has_become_too_small(delivery: Delivery) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, 10, departement="75")
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign), departements=PARIS))
    Device.objects.filter(pk=followers[0].device.pk).update(departement="13")
    delivery.tick()
    alert.refresh_from_db()
    assert (alert.state, alert.held_back) == (AlertState.DRAFT, HeldBack.FEW)
    assert delivery.push.total() == 0


@pytest.mark.parametrize(("joined", "begins"), [(9, False), (10, True)])
def test_it_counts_those_who_joined_there_not_all_who_joined(joined: int, begins: bool) -> None:
    campaign = make_campaign()
    push = make_hashtag_push(campaign)
    here = make_followers(campaign, 12, departement="75")
    elsewhere = make_followers(campaign, 5, departement="13")
    for device in (*here[:joined], *elsewhere):
        Participation.objects.take_part(push, device, Stage.JOINED, None, verified=True, now=timezone.now())
    alert = make_alert(push, departements=PARIS, audience=Audience.JOINED)
    Alert.objects.filter(pk=alert.pk).update(state=AlertState.SCHEDULED, scheduled_digest=alert.digest)
    assert begin(alert.pk, timezone.now()) is begins


def test_it_corrects_where_the_wrong_one_went_however_few_are_left(delivery: Delivery) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, 10, departement="75")
    elsewhere = delivery.follow(campaign, departement="13")
    wrong = delivery.send(make_alert(make_hashtag_push(campaign), departements=["75"]))
    Device.objects.filter(pk__in=[one.device.pk for one in followers[:5]]).update(departement="13")
    text = {"fr": "C'est à 10 h"}
    right = wrong.correct(title=text, body=text, send_at=timezone.now(), expires_at=far(1))
    delivery.send(right)
    assert counts_of(right) == {"accepted": 5}
    assert not delivery.push.received(elsewhere.push)
