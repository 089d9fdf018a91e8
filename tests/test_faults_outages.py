"""Servers that are stopped and started in mid-send: the same scheduler and workers go on, and all is sent."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from campaigns.delivery.audience import WINDOW_SIZE
from campaigns.models import Batch
from campaigns.models.running_total import Counted, RunningTotal
from mobilise.engines import database
from tests.delivering import Processes, database_url, wait_until
from tests.engines import engine
from tests.faulty import Say, StartSending
from tests.push_service.client import PushService
from tests.servers import Postgres, RabbitMQ

FOLLOWERS = 3000  # three batches
PROCESSES = ("scheduler",), ("worker", "--queue", "delivery"), ("worker", "--queue", "delivery,retries")
SENDERS = 2
DURING_THE_OUTAGE = 700
LEASE_AND_MORE = 180


@pytest.fixture
def own_postgres(transactional_db: None, push_service: PushService, tmp_path: Path) -> Iterator[Postgres]:
    """A server that a test may stop, as careful as it comes; this process works on it too until the test is over."""
    if connection.vendor != "postgresql":
        pytest.skip("stops PostgreSQL")
    settings = dict(connection.settings_dict)
    with Postgres(tmp_path / "postgres") as server:
        server.create("faults")
        connection.close()
        connection.settings_dict.update(database(server.url("faults"), tmp_path / "none"))
        call_command("migrate", verbosity=0)
        yield server
        connection.close()
    connection.settings_dict.clear()
    connection.settings_dict.update(settings)


@pytest.mark.django_db(transaction=True)
def test_it_goes_on_when_postgresql_is_stopped_and_started(
    own_postgres: Postgres, start_sending: StartSending, processes: Processes, say: Say
) -> None:
    assert processes.env["DATABASE_URL"] == database_url()
    sending = start_sending(FOLLOWERS)
    sending.push.answer("*", delay=0.1)
    running = [processes.start(*command) for command in PROCESSES]
    for mode in ("fast", "immediate"):
        seen = sending.push.total()
        sending.push.wait_for(seen + 300)
        connection.close()
        own_postgres.stop(mode)
        say(f"stopped ({mode}) after {sending.push.total()}")
        own_postgres.start()
    sending.push.answer("*", status=201)
    sending.wait_until_sent(LEASE_AND_MORE, ticking=False)
    assert [process.poll() for process in running] == [None] * len(running)
    # A batch's lease, or that of a lane: on a slow machine all that is left may be parked for its host by then.
    assert RunningTotal.objects.filter(name=Counted.LEASE_RECOVERIES).exists()
    assert "Traceback" not in processes.log.read_text()
    sending.repeats(2 * SENDERS, say)


@pytest.mark.skipif(engine() != "celery", reason="stops RabbitMQ")
@pytest.mark.django_db(transaction=True)
def test_it_goes_on_when_rabbitmq_is_stopped_and_started(
    own_rabbitmq: RabbitMQ, start_sending: StartSending, processes: Processes, say: Say
) -> None:
    """Whoever is sending goes on without it. What begins while it is away is rung when it is back."""
    processes.env["BROKER_URL"] = own_rabbitmq.url
    running = [processes.start(*command) for command in PROCESSES]
    for number in (signal.SIGTERM, signal.SIGKILL):
        before = start_sending(DURING_THE_OUTAGE)
        before.push.answer("*", delay=0.1)
        before.wait_for_arrivals(before.push.total() + WINDOW_SIZE // 2, ticking=False)
        own_rabbitmq.end(number)
        say(f"{number.name} after {before.push.total()}")
        meanwhile = start_sending(DURING_THE_OUTAGE)
        wait_until(lambda sending=meanwhile: Batch.objects.filter(alert=sending.alert), "the other begun without it")
        own_rabbitmq.start()
        for sending in (before, meanwhile):
            sending.wait_until_sent(LEASE_AND_MORE, ticking=False)
            sending.repeats(0, say)
    assert [process.poll() for process in running] == [None] * len(running)
    assert "Traceback" not in processes.log.read_text()
