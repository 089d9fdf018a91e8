"""/metrics: what a real delivery leaves there, who may read it, and that its counters only grow."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from campaigns.models import Alert, Batch, Campaign, DeliveryTally, Heartbeat, PendingDelivery, PushHost, RunningTotal
from campaigns.models.batch import LEASE
from campaigns.models.heartbeat import SCHEDULER
from campaigns.retention import forget
from campaigns.watching.labels import answer_label, host_label, outcome_of
from campaigns.watching.totals import TALLIES_KEPT, TOTAL_AFTER, add_up
from tests.delivering import Delivery
from tests.make import far, make_alert, make_device, make_hashtag_push
from tests.push_service.behaviours import Behaviour

pytestmark = pytest.mark.django_db
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(**headers: str) -> Any:
    return Client(headers={"Host": "127.0.0.1", **headers}).get("/metrics")


def read() -> Samples:
    """{(name, sorted labels): value}."""
    text = scrape().content.decode()
    families = list(text_string_to_metric_families(text))
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def value(name: str, **labels: str) -> float | None:
    return read().get((f"mobilise_{name}", tuple(sorted(labels.items()))))


def answers() -> dict[tuple[str, str, str], float]:
    return {
        (dict(labels)["host"], dict(labels)["outcome"], dict(labels)["answer"]): number
        for (name, labels), number in read().items()
        if name == "mobilise_push_answers_total"
    }


# ---- what is in it


def test_it_tells_what_a_delivery_with_mixed_answers_did(delivery: Delivery):
    push = make_hashtag_push()
    followers = delivery.follow_many(push.campaign, 6)
    host = followers[0].push.endpoint.split("/")[2]
    for follower, behaviour in zip(
        followers,
        [Behaviour(status=410), Behaviour(status=403), Behaviour(status=429, retry_after=600), Behaviour(status=599)],
        strict=False,
    ):
        delivery.push.answer(follower.push, behaviour)
    Heartbeat.objects.beat(SCHEDULER, timezone.now())

    delivery.send(make_alert(push))

    assert answers() == {
        (host, "accepted", "201"): 2,
        (host, "gone", "410"): 1,
        (host, "refused", "403"): 1,
        (host, "retried", "429"): 1,
        (host, "retried", "5xx"): 1,
    }
    assert value("pending_deliveries", reason="retry") == 2
    assert value("alerts", state="sending") == 1
    assert value("recent_deliveries", outcome="accepted") == 2
    assert 0 <= (value("alert_begin_lag_seconds") or 0) < 60
    assert value("scheduler_tick_age_seconds") is not None
    assert (value("devices"), value("subscriptions")) == (6, 5)


def test_it_tells_of_a_service_that_does_not_answer(delivery: Delivery):
    push = make_hashtag_push()
    follower = delivery.follow(push.campaign)
    delivery.push.answer(follower.push, Behaviour(reset=True))

    delivery.send(make_alert(push))

    (_host, outcome, answer) = next(iter(answers()))
    assert (outcome, answer) == ("failed", "reset")


def test_it_tells_how_long_an_alert_waits_and_is_sent():
    late = make_alert(make_hashtag_push(), send_at=far(-0.5), expires_at=far(1))
    Alert.objects.filter(pk=late.pk).update(state="scheduled")
    sending = make_alert(make_hashtag_push())
    Alert.objects.filter(pk=sending.pk).update(state="sending", started_at=far(-0.25))

    assert 1800 <= (value("alert_due_seconds") or 0) < 1900
    assert 900 <= (value("alert_sending_seconds") or 0) < 1000


def test_it_tells_of_batches_in_flight_and_of_leases_that_ran_out():
    now = timezone.now()
    alert = make_alert(make_hashtag_push())
    Alert.objects.filter(pk=alert.pk).update(state="sending", started_at=now)
    first = Batch.objects.create(alert=alert, first_device=1, last_device=9, cursor=0)
    Batch.objects.create(alert=alert, first_device=10, last_device=19, cursor=9)
    assert Batch.objects.claim(alert.pk, now)
    assert (value("batches", state="leased"), value("batches", state="free")) == (1, 1)
    assert value("lease_recoveries_total") == 0

    Batch.objects.filter(pk=first.pk).update(lease_until=now - LEASE)
    assert Batch.objects.claim(alert.pk, now)

    assert value("lease_recoveries_total") == 1


def test_a_lease_that_was_given_back_is_no_recovery():
    now = timezone.now()
    alert = make_alert(make_hashtag_push())
    Batch.objects.create(alert=alert, first_device=1, last_device=9, cursor=0)
    batch = Batch.objects.claim(alert.pk, now)
    assert batch
    batch.release()
    assert Batch.objects.claim(alert.pk, now)

    assert value("lease_recoveries_total") == 0


def test_postponed_deliveries_that_are_taken_over_are_a_recovery():
    now = timezone.now()
    alert = make_alert(make_hashtag_push())
    batch = Batch.objects.create(alert=alert, first_device=1, last_device=9, cursor=9)
    PendingDelivery.objects.create(
        alert=alert, batch=batch, device=make_device(), reason="retry", not_before=now, lease_until=now - LEASE
    )
    assert PendingDelivery.objects.claim(alert.pk, now, 10)

    assert value("lease_recoveries_total") == 1


def test_it_tells_which_push_services_are_paused():
    now = timezone.now()
    earlier = now - timedelta(minutes=5)
    PushHost.objects.pause("fcm.googleapis.com", earlier, "x")
    PushHost.objects.pause("web.push.apple.com", earlier, "x")
    PushHost.objects.resume("web.push.apple.com", now)

    assert 300 <= (value("push_host_paused_seconds", host="fcm.googleapis.com") or 0) <= 400
    assert value("push_host_paused_seconds", host="*.push.apple.com") is None


def test_it_asks_as_much_for_many_alerts_as_for_one(django_assert_max_num_queries: Any):
    for _ in range(3):
        add(make_alert(make_hashtag_push()), timezone.now())
    with django_assert_max_num_queries(20):
        scrape()


def test_it_tells_no_version_of_anything():
    names = {name for name, _ in read()}

    assert names
    assert {name for name in names if not name.startswith("mobilise_")} == set()


# ---- labels


@pytest.mark.parametrize(
    ("host", "label"),
    [
        ("fcm.googleapis.com", "fcm.googleapis.com"),
        ("web.push.apple.com", "*.push.apple.com"),
        ("x1.notify.windows.com", "*.notify.windows.com"),
        ("localhost:9443", "localhost:9443"),
        ("localhost:9444", "other"),
        ("evil.example", "other"),
        ("", "other"),
        ("[::1]:9443", "other"),
    ],
)
def test_a_label_is_a_push_service_not_whatever_strangers_call_theirs(host: str, label: str, settings: Any):
    settings.PUSH_EXTRA_HOSTS = ["localhost:9443"]

    assert (host_label(host), host_label(label)) == (label, label)


@pytest.mark.parametrize(
    ("answer", "label", "outcome"),
    [
        ("201", "201", "accepted"),
        ("299", "2xx", "accepted"),
        ("301", "3xx", "refused"),
        ("413", "413", "refused"),
        ("418", "4xx", "refused"),
        ("503", "503", "retried"),
        ("timeout", "timeout", "failed"),
        ("keys", "keys", "refused"),
        ("cancelled", "cancelled", "failed"),
        ("something", "other", "failed"),
    ],
)
def test_there_are_few_answers(answer: str, label: str, outcome: str):
    assert answer_label(answer) == label
    assert answer_label(label) == label
    assert (outcome_of(answer, "x"), outcome_of(label, "x")) == (outcome, outcome)


# ---- counters only grow


def add(alert: Alert, at: datetime, number: int = 7) -> Batch:
    batch = Batch.objects.create(alert=alert, first_device=1, last_device=9, cursor=9)
    tallies = {(batch.pk, "fcm.googleapis.com", "201"): number, (batch.pk, "fcm.googleapis.com", "410"): 1}
    DeliveryTally.objects.add(tallies, at)
    return batch


ALL = {("fcm.googleapis.com", "accepted", "201"): 7, ("fcm.googleapis.com", "gone", "410"): 1}


def test_counters_stay_when_the_alert_is_deleted():
    alert = make_alert(make_hashtag_push())
    add(alert, timezone.now())
    assert answers() == ALL

    Campaign.objects.all().delete()

    assert (Alert.objects.count(), Batch.objects.count()) == (0, 0)
    assert answers() == ALL


def test_counters_stay_when_the_tallies_are_added_up_and_deleted():
    now = timezone.now()
    alert = make_alert(make_hashtag_push())
    add(alert, now - TALLIES_KEPT - TOTAL_AFTER)
    add(alert, now - TOTAL_AFTER - timedelta(seconds=10), number=100)
    add(alert, now, number=1000)
    before = answers()

    forget(now)

    assert answers() == before
    assert before["fcm.googleapis.com", "accepted", "201"] == 1107
    assert DeliveryTally.objects.count() == 4
    assert RunningTotal.objects.get(answer="201").count == 107


def test_adding_up_twice_counts_once():
    now = timezone.now()
    add(make_alert(make_hashtag_push()), now - 2 * TOTAL_AFTER)

    assert (add_up(now), add_up(now)) == (2, 0)
    assert answers() == ALL


def test_what_strangers_call_their_hosts_is_not_kept_for_ever():
    now = timezone.now()
    batch = add(make_alert(make_hashtag_push()), now - 2 * TOTAL_AFTER)
    tallies = {(batch.pk, f"x{number}.notify.windows.com", "201"): 1 for number in range(30)}
    DeliveryTally.objects.add(tallies, now - 2 * TOTAL_AFTER)

    add_up(now)

    assert RunningTotal.objects.count() == 3
    assert answers()["*.notify.windows.com", "accepted", "201"] == 30


# ---- who may read it


def test_it_is_there_for_this_machine_and_kept_nowhere():
    response = scrape()

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"].startswith("text/plain; version=0.0.4")


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_it_is_not_there_for_whoever_comes_through_a_proxy(header: str):
    assert scrape(**{header: "203.0.113.5"}).status_code == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
        ("mobilise.example", 404),
        ("localhost.example", 404),
        ("a" * 56 + ".onion", 404),
        ("10.0.0.1", 404),
    ],
)
def test_it_is_not_there_under_a_name_of_the_site(host: str, status: int, settings: Any):
    settings.ALLOWED_HOSTS = ["*"]

    assert scrape(Host=host).status_code == status


@pytest.mark.parametrize("address", ["203.0.113.5", "10.0.0.1", "2001:db8::1", "", "unix:"])
def test_it_is_not_there_for_other_machines(address: str):
    assert Client(REMOTE_ADDR=address, headers={"Host": "127.0.0.1"}).get("/metrics").status_code == 404


@pytest.mark.parametrize(
    ("given", "status"),
    [("Bearer a-long-token", 200), ("bearer a-long-token", 200), ("Bearer another", 404), ("Basic x", 404), ("é", 404)],
)
def test_with_a_token_it_is_there_for_who_brings_it(given: str, status: int, settings: Any):
    settings.METRICS_TOKEN = "a-long-token"

    assert Client(REMOTE_ADDR="203.0.113.5").get("/metrics", headers={"Authorization": given}).status_code == status
    assert scrape().status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_it_is_only_read(method: str):
    assert getattr(Client(), method)("/metrics").status_code == 404
