"""The Django Tasks API over a real RabbitMQ: what is published, where, and what waits in the database instead."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks.exceptions import InvalidTaskError
from django_tasks_db.models import DBTaskResult

from accounts.tasks import send_device_test
from campaigns.tasks import PRIORITIES, deliver
from tests.celery_engine import Broker, backend

pytestmark = pytest.mark.django_db


def publish(broker: Broker, task: Any, *args: int) -> None:
    broker.tasks.enqueue(task, args, {})


def test_a_message_is_a_path_and_ids(broker: Broker):
    publish(broker, deliver, 7)

    message = broker.take("delivery")
    assert (message["path"], message["args"], message["kwargs"]) == ("campaigns.tasks.deliver", [7], {})
    assert not DBTaskResult.objects.exists()


def test_what_is_urgent_has_a_queue_beside(broker: Broker):
    for priority in PRIORITIES.values():
        publish(broker, deliver.using(priority=priority), 7)

    assert broker.waiting() == {"delivery.urgent": 1, "delivery": len(PRIORITIES) - 1}


def test_a_publish_that_returns_is_one_that_the_broker_has(broker: Broker):
    for number in range(50):
        publish(broker, send_device_test, number, 1)

    assert broker.waiting() == {"interactive": 50}


def test_what_is_for_later_waits_in_the_database_until_then(broker: Broker):
    publish(broker, send_device_test.using(run_after=timezone.now() + timedelta(seconds=2)), 7, 2)
    broker.tasks.carry_waiting()
    assert (broker.waiting(), DBTaskResult.objects.count()) == ({}, 1)

    time.sleep(2.1)
    broker.tasks.carry_waiting()

    assert DBTaskResult.objects.count() == 0
    assert broker.take("interactive")["args"] == [7, 2]


def test_what_was_for_a_moment_that_is_over_goes_at_once(broker: Broker):
    publish(broker, send_device_test.using(run_after=timezone.now() - timedelta(seconds=1)), 7, 2)

    assert broker.waiting() == {"interactive": 1}


def test_tasks_that_were_left_by_the_embedded_engine_are_carried_too(broker: Broker):
    DBTaskResult.objects.create(
        task_path="campaigns.tasks.forget_what_is_over",
        args_kwargs={"args": [], "kwargs": {}},
        queue_name="maintenance",
        backend_name="default",
        run_after=timezone.now(),
    )

    broker.tasks.carry_waiting()

    assert broker.take("maintenance")["path"] == "campaigns.tasks.forget_what_is_over"


@pytest.mark.parametrize(
    "bad", [{"queue_name": "of-another-version"}, {"args_kwargs": {}}, {"args_kwargs": {"args": "no list"}}]
)
def test_one_that_cannot_be_carried_is_dropped_and_holds_up_no_other(
    bad: dict[str, Any], broker: Broker, caplog: pytest.LogCaptureFixture
):
    whole = {
        "task_path": "campaigns.tasks.forget_what_is_over",
        "args_kwargs": {"args": [], "kwargs": {}},
        "queue_name": "maintenance",
        "backend_name": "default",
        "run_after": timezone.now(),
    }
    # What is urgent comes first.
    DBTaskResult.objects.create(**{**whole, **bad}, priority=50)
    DBTaskResult.objects.create(**whole)

    broker.tasks.carry_waiting()

    assert (broker.waiting(), DBTaskResult.objects.count()) == ({"maintenance": 1}, 0)
    assert "is dropped" in caplog.text
    assert "of-another-version" not in caplog.text


# ---- the broker is away


@pytest.fixture
def away(closed_port: int) -> Any:
    """A backend whose broker does not answer."""
    return backend(f"amqp://guest:a-secret@127.0.0.1:{closed_port}//")


def test_what_the_broker_does_not_take_waits_in_the_database(away: Any, caplog: pytest.LogCaptureFixture):
    result = away.enqueue(send_device_test, (7, 1), {})

    row = DBTaskResult.objects.get()
    assert (str(row.id), row.task_path, row.args_kwargs["args"]) == (
        result.id,
        "accounts.tasks.send_device_test",
        [7, 1],
    )
    assert (row.queue_name, row.status) == ("interactive", "READY")
    assert "the broker did not answer" in caplog.text
    assert "a-secret" not in caplog.text


def test_a_doorbell_that_is_rung_again_and_again_waits_once(away: Any):
    for _ in range(5):
        away.enqueue(deliver, (7,), {})
    away.enqueue(deliver, (8,), {})

    assert [row.args_kwargs["args"] for row in DBTaskResult.objects.order_by("enqueued_at")] == [[7], [8]]


def test_nobody_waits_again_for_a_broker_that_did_not_answer(away: Any, monkeypatch: pytest.MonkeyPatch):
    away.enqueue(deliver, (7,), {})
    monkeypatch.setattr(away.app, "send_task", lambda *args, **kwargs: pytest.fail("asked again"))

    away.enqueue(deliver, (8,), {})

    assert DBTaskResult.objects.count() == 2


def test_what_waited_is_carried_once_the_broker_is_back(away: Any, broker: Broker):
    away.enqueue(send_device_test, (7, 1), {})
    away.carry_waiting()
    assert DBTaskResult.objects.count() == 1

    broker.tasks.carry_waiting()

    assert broker.take("interactive")["args"] == [7, 1]
    assert not DBTaskResult.objects.exists()


# ---- what it cannot do


def test_a_queue_that_is_not_there_is_refused(broker: Broker):
    with pytest.raises(InvalidTaskError):
        deliver.using(queue_name="nowhere")
