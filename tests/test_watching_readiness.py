"""/readyz: what each part says when it works, and when it does not."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.delivery import worker
from campaigns.models import Alert, Batch, Canary, DeliveryTally, Heartbeat, PendingDelivery, PendingReason
from campaigns.models.batch import LEASE
from campaigns.models.heartbeat import BEAT_EVERY, RETRIES, SCHEDULER, Pulse
from campaigns.watching import outside, readiness
from tests.delivering import ROOT, Delivery, Processes, wait_until
from tests.make import far, make_alert, make_campaign, make_device, make_hashtag_push
from tests.push_service.behaviours import Behaviour

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that runs for a while, and a scheduler that ticked just now."""
    monkeypatch.setattr(readiness, "_started", time.monotonic() - 10 * readiness.GRACE_SECONDS)
    Heartbeat.objects.beat(SCHEDULER, timezone.now())


def ask() -> tuple[int, list[str]]:
    response = Client().get("/readyz")
    assert response["Cache-Control"] == "no-store"
    return response.status_code, response.content.decode().splitlines()


def test_it_says_of_each_part_that_it_works():
    status, lines = ask()

    assert (status, lines[0]) == (200, "ready")
    names = [line.partition(":")[0] for line in lines[1:]]
    assert names == ["database", "scheduler", "alerts", "workers"]


def test_it_logs_what_stops_working_and_that_all_works_again(caplog: pytest.LogCaptureFixture):
    ask()
    caplog.clear()
    set_tick(timezone.now() - MINUTE)
    ask()
    ask()
    set_tick(timezone.now())
    ask()
    ask()

    assert [record.getMessage() for record in caplog.records] == ["not ready: scheduler", "ready again"]


def test_it_asks_a_handful_of_questions(django_assert_max_num_queries: Any):
    with django_assert_max_num_queries(8):
        ask()


def test_it_is_not_ready_without_its_database(tmp_path: Path):
    code = (
        "import django; django.setup(); from django.test import Client;"
        "r = Client(headers={'Host': '127.0.0.1'}).get('/readyz'); print(r.status_code, r.content.decode())"
    )
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/db",
        "DJANGO_SETTINGS_MODULE": "mobilise.settings",
    }
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert run.stdout.split("\n")[:2] == ["503 not ready", "database: does not answer (!)"]
    assert str(tmp_path) not in run.stdout + run.stderr


# ---- the scheduler


def set_tick(moment: datetime) -> None:
    Heartbeat.objects.filter(name=SCHEDULER).update(at=moment)


def test_it_is_not_ready_when_the_scheduler_is_silent():
    set_tick(timezone.now() - MINUTE)

    status, lines = ask()

    assert (status, lines[0]) == (503, "not ready")
    assert "scheduler: last tick 60 s ago (!)" in lines


def test_a_scheduler_that_never_ticked_is_waited_for_after_the_start(monkeypatch: pytest.MonkeyPatch):
    Heartbeat.objects.all().delete()
    assert "scheduler: has never ticked (!)" in ask()[1]

    monkeypatch.setattr(readiness, "_started", time.monotonic())
    status, lines = ask()

    assert (status, "scheduler: starting" in lines) == (200, True)


def test_a_part_beats_at_most_every_two_seconds(django_assert_num_queries: Any):
    pulse, now = Pulse("part"), timezone.now()
    with django_assert_num_queries(1):
        pulse.beat(now)
        pulse.beat(now + BEAT_EVERY / 2)
    assert Heartbeat.objects.heard("part") == now

    pulse.beat(now + BEAT_EVERY)
    assert Heartbeat.objects.heard("part") == now + BEAT_EVERY
    pulse.beat(now - MINUTE)  # the clock was set back
    assert Heartbeat.objects.heard("part") == now - MINUTE


# ---- alerts and workers


def schedule(late: timedelta) -> Alert:
    now = timezone.now()
    alert = make_alert(make_hashtag_push(), send_at=now - late, expires_at=far(1))
    Alert.objects.filter(pk=alert.pk).update(state="scheduled")
    return alert


@pytest.mark.parametrize(("late", "status"), [(timedelta(seconds=5), 200), (3 * MINUTE, 503)])
def test_it_is_not_ready_when_a_due_alert_does_not_begin(late: timedelta, status: int):
    schedule(late)

    answer, lines = ask()

    assert answer == status
    words = f"alerts: the oldest that is due waits for {int(late.total_seconds())} s"
    assert (words if status == 200 else f"{words} (!)") in lines


def test_alerts_that_are_not_due_or_cannot_be_seen_are_not_late():
    schedule(-3 * MINUTE)
    schedule(3 * MINUTE).action.campaign.__class__.objects.update(published=False)

    assert ask()[0] == 200


def test_one_that_others_could_stop_was_due_when_they_could_no_more():
    now = timezone.now()
    alert = schedule(6 * MINUTE)
    Alert.objects.filter(pk=alert.pk).update(not_before=now - timedelta(seconds=3))
    status, lines = ask()
    assert status == 200
    assert any(re.fullmatch(r"alerts: the oldest that is due waits for [34] s", line) for line in lines)


def test_it_says_how_late_what_is_being_sent_was_due():
    batch = make_sending(lease_until=timezone.now() + LEASE)
    Alert.objects.filter(pk=batch.alert_id).update(send_at=timezone.now() - 10 * MINUTE)
    status, lines = ask()
    assert status == 200
    assert any("none is late; one that was due 600 s ago is still being sent" in line for line in lines)


def make_sending(**batch: Any) -> Batch:
    alert = make_alert(make_hashtag_push())
    Alert.objects.filter(pk=alert.pk).update(state="sending", started_at=timezone.now() - 3 * MINUTE)
    return Batch.objects.create(alert=alert, first_device=1, last_device=9, cursor=0, **batch)


def test_it_is_not_ready_when_nobody_sends():
    make_sending()

    status, lines = ask()

    assert (status, lines[-1]) == (503, "workers: an alert waits to be sent, and nobody sends (!)")


def test_it_is_ready_while_somebody_sends_another_part():
    held = make_sending(lease_until=timezone.now() + LEASE)
    Batch.objects.create(alert=held.alert, first_device=10, last_device=19, cursor=9)

    assert ask()[0] == 200


def test_it_is_ready_while_answers_come_in():
    batch = make_sending()
    DeliveryTally.objects.add({(batch.pk, "localhost", "201"): 3}, timezone.now())

    assert ask()[0] == 200


def make_put_off(due: datetime, **values: Any) -> PendingDelivery:
    """A delivery to be tried again of an alert that is being sent and has nothing else left."""
    batch = make_sending()
    Batch.objects.filter(pk=batch.pk).update(cursor=batch.last_device)
    row = {"alert": batch.alert, "batch": batch, "device": make_device(), "reason": PendingReason.RETRY}
    return PendingDelivery.objects.create(**row, not_before=due, **values)


def test_it_is_not_ready_when_nobody_sends_what_was_put_off():
    waiting = make_put_off(timezone.now() - 2 * MINUTE)
    # The alert's other batches are sent meanwhile.
    DeliveryTally.objects.add({(waiting.batch_id, "localhost", "201"): 3}, timezone.now())
    Heartbeat.objects.beat(RETRIES, timezone.now() - 2 * MINUTE)

    status, lines = ask()

    assert (status, lines[-1]) == (503, "workers: what was put off waits to be sent, and nobody sends it (!)")


def test_it_is_ready_while_what_was_put_off_is_sent():
    waiting = make_put_off(timezone.now() - 2 * MINUTE, lease_until=timezone.now() + LEASE)
    PendingDelivery.objects.create(
        alert=waiting.alert, batch=waiting.batch, device=make_device(), not_before=waiting.not_before
    )

    assert ask()[0] == 200


def test_it_is_ready_while_what_was_put_off_is_not_due():
    make_put_off(timezone.now() - MINUTE)

    assert ask()[0] == 200


def test_it_is_ready_when_a_lane_was_sent_just_now(delivery: Delivery):
    campaign = make_campaign()
    another = delivery.follow(campaign)
    delivery.push.answer(another.push, Behaviour(status=500), Behaviour())
    alert = delivery.send(make_alert(make_hashtag_push(campaign)))
    PendingDelivery.objects.filter(alert=alert).update(not_before=timezone.now())
    make_put_off(timezone.now() - 2 * MINUTE)
    assert ask()[0] == 503
    worker.send_pending(alert.pk)

    assert ask()[0] == 200


# ---- other servers


@pytest.fixture
def asked_anew() -> Iterator[None]:
    """Nothing is remembered of other servers, before or after."""
    for probe in (outside.broker, outside.cache):
        probe.forget()
    yield
    for probe in (outside.broker, outside.cache):
        probe.forget()


@pytest.fixture
def deaf() -> Iterator[int]:
    """The port of a server that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def closed() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.mark.usefixtures("asked_anew")
@pytest.mark.parametrize("kind", ["deaf", "closed"])
def test_it_is_not_ready_when_broker_or_cache_do_not_answer(kind: str, settings: Any, request: pytest.FixtureRequest):
    port = request.getfixturevalue(kind)
    tasks = settings.TASKS["default"] | {"OPTIONS": {"broker": f"amqp://guest:secret@127.0.0.1:{port}//"}}
    settings.TASKS = {"default": tasks}
    settings.CACHE_URL = f"redis://:secret@127.0.0.1:{port}/0"

    status, lines = ask()

    assert status == 503
    assert {"broker: does not answer (!)", "cache: does not answer (!)"} <= set(lines)
    assert "secret" not in "".join(lines)


def test_a_server_is_not_asked_at_every_request():
    asked = []
    probe = outside.Probe(lambda: asked.append(1))

    assert [probe.answers() for _ in range(3)] == [True] * 3
    assert len(asked) == 1


def test_nobody_waits_for_what_another_asks():
    asking, done = threading.Event(), threading.Event()

    def ask_slowly() -> None:
        asking.set()
        done.wait(60)

    probe = outside.Probe(ask_slowly)
    first = threading.Thread(target=probe.answers)
    first.start()
    assert asking.wait(60)

    assert [probe.answers() for _ in range(3)] == [False] * 3
    assert first.is_alive()
    done.set()
    first.join()
    assert probe.answers()


# ---- what strangers learn


def test_it_tells_no_version_host_or_address(settings: Any):
    device = make_device()
    settings.CANARY_DEVICES = [device.uuid]
    Canary.objects.name_only([device.uuid])

    text = "\n".join(ask()[1])

    assert "canary 1: no receipt yet" in text
    told = [
        str(device.uuid),
        device.uuid.hex,
        settings.VERSION,
        socket.gethostname(),
        "127.0.0.1",
        "sqlite",
        "postgres",
    ]
    assert [word for word in told if word in text.lower()] == []


@pytest.mark.django_db(transaction=True)
def test_the_running_scheduler_ticks(processes: Processes):
    Heartbeat.objects.all().delete()

    processes.start("scheduler")

    wait_until(lambda: Heartbeat.objects.heard(SCHEDULER), "a tick")
    assert ask()[0] == 200
