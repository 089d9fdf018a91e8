"""Celery's workers as processes: killed, stopped, and left without a broker or a database."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import PushKeys
from accounts.tasks import send_device_test
from campaigns.tasks import forget_what_is_over
from tests.celery_engine import Broker
from tests.delivering import Processes, wait_until
from tests.make import make_device, make_subscription
from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService
from tests.servers import Postgres, RabbitMQ
from tests.servers.postgres import CARELESS


def make_phone(push: PushService) -> tuple[Any, int]:
    """A subscription at the push service, and its device's id."""
    device, made = make_device(), push.subscribe()
    make_subscription(device, PushKeys(made.endpoint, made.p256dh, made.auth))
    return made, device.pk


@pytest.mark.django_db(transaction=True)
def test_what_a_killed_worker_had_in_hand_goes_to_the_next(
    broker: Broker, push_service: PushService, processes: Processes
):
    phone, device = make_phone(push_service)
    push_service.answer(phone, Behaviour(hang=True))
    worker = processes.start("worker", "--queue", "interactive")
    broker.tasks.enqueue(send_device_test, (device, 1), {})
    push_service.wait_for(1, by=phone)

    processes.kill(worker)
    push_service.answer(phone, Behaviour())
    processes.start("worker", "--queue", "interactive")

    push_service.wait_for(2, by=phone)


@pytest.mark.django_db(transaction=True)
def test_what_is_tried_again_later_is_carried_by_the_scheduler(
    broker: Broker, push_service: PushService, processes: Processes
):
    phone, device = make_phone(push_service)
    push_service.answer(phone, Behaviour(status=503), Behaviour())
    processes.start("scheduler")
    processes.start("worker", "--queue", "interactive,maintenance")

    broker.tasks.enqueue(send_device_test, (device, 1), {})

    push_service.wait_for(2, by=phone)


@pytest.mark.django_db(transaction=True)
def test_it_says_nothing_of_what_it_does(broker: Broker, push_service: PushService, processes: Processes):
    phone, device = make_phone(push_service)
    worker = processes.start("worker", "--queue", "*", "--concurrency", "3")
    for _ in range(5):
        broker.tasks.enqueue(send_device_test, (device, 1), {})
    push_service.wait_for(5, by=phone)

    worker.terminate()

    assert worker.wait(20) == 0
    assert broker.waiting() == {}
    # That it runs, and no more.
    (line,) = processes.log.read_text().splitlines()
    assert "mobilise.worker" in line


# ---- servers that go away


@pytest.fixture
def own_postgres(tmp_path: Path, processes: Processes) -> Iterator[Postgres]:
    """A database of the processes' own, which a test may stop."""
    with Postgres(tmp_path / "postgres", settings=CARELESS) as server:
        server.create("mobilise")
        processes.env["DATABASE_URL"] = server.url("mobilise")
        assert processes.start("migrate", "--verbosity", "0").wait(120) == 0
        yield server
        processes.stop_all()


@pytest.mark.django_db
def test_a_worker_outlives_the_brokers_absence(own_rabbitmq: RabbitMQ, processes: Processes):
    processes.env["BROKER_URL"] = own_rabbitmq.url
    own = Broker(own_rabbitmq.url)
    own.purge()
    own.tasks.enqueue(forget_what_is_over, (), {})
    worker = processes.start("worker", "--queue", "maintenance")
    wait_until(lambda: own.waiting() == {}, "the first task taken")

    own_rabbitmq.stop()
    own_rabbitmq.start()
    own.tasks.enqueue(forget_what_is_over, (), {})

    wait_until(lambda: own.waiting() == {}, "the task after it taken")
    assert worker.poll() is None
    assert own_rabbitmq.ctl("list_queues", "name", "type", "--no-table-headers").count("quorum") == 6
    assert "Traceback" not in processes.log.read_text()
    assert "guest" not in processes.log.read_text()


def test_a_worker_keeps_what_it_has_in_hand_while_the_database_is_away(
    own_rabbitmq: RabbitMQ, own_postgres: Postgres, processes: Processes
):
    processes.env["BROKER_URL"] = own_rabbitmq.url
    worker = processes.start("worker", "--queue", "maintenance")
    own = Broker(own_rabbitmq.url)
    wait_until(lambda: "maintenance" in own_rabbitmq.ctl("list_consumers"), "the worker listening")
    own_postgres.stop("immediate")

    own.tasks.enqueue(forget_what_is_over, (), {})
    wait_until(lambda: "did not answer" in processes.log.read_text(), "the worker noticing")
    # RabbitMQ counts every few seconds.
    wait_until(lambda: unacknowledged(own_rabbitmq, "maintenance") == 1, "the task in its hand")
    own_postgres.start()

    wait_until(lambda: unacknowledged(own_rabbitmq, "maintenance") == 0, "the task done")
    assert worker.poll() is None
    assert "failed" not in processes.log.read_text()


def unacknowledged(rabbitmq: RabbitMQ, queue: str) -> int:
    """How many messages workers have in hand."""
    rows = rabbitmq.ctl("list_queues", "name", "messages_unacknowledged", "--no-table-headers").splitlines()
    return int(dict(row.split() for row in rows).get(queue, 0))
