"""The queue is only a doorbell: what is rung in vain, too often, or by a worker's death changes nothing."""

import pytest
from django_tasks import task_backends
from django_tasks_db.models import DBTaskResult

from campaigns import tasks
from campaigns.models import Batch
from tests.delivering import Processes
from tests.engines import engine
from tests.faulty import Say, Sending, StartSending

FOLLOWERS = 1200  # two batches
BELLS = 10

pytestmark = pytest.mark.django_db(transaction=True)


def purge() -> int:
    """Throws away every task that waits; how many there were."""
    if engine() != "celery":
        return DBTaskResult.objects.all().delete()[0]
    app, thrown = task_backends["default"].app, 0
    with app.connection() as connection:
        for queue in app.amqp.queues.values():
            queue.bind(connection.default_channel).declare()
            thrown += connection.default_channel.queue_purge(queue.name)
    return thrown


def ring(sending: Sending, times: int) -> None:
    for _ in range(times):
        tasks.ring_delivery(sending.alert.pk)


def test_it_sends_when_the_doorbells_are_thrown_away(
    start_sending: StartSending, processes: Processes, say: Say
) -> None:
    sending = start_sending(FOLLOWERS)
    purge()
    sending.tick()
    assert purge() == 1
    processes.start("scheduler")
    processes.start("worker", "--queue", "delivery,retries")
    sending.wait_until_sent(ticking=False)
    sending.repeats(0, say)


def test_it_sends_once_when_the_same_doorbell_is_heard_many_times(
    start_sending: StartSending, processes: Processes, say: Say
) -> None:
    sending = start_sending(FOLLOWERS)
    sending.tick()
    ring(sending, BELLS)
    for _ in range(2):
        processes.start("worker", "--queue", "delivery,retries", "--concurrency", "2")
    sending.wait_until_sent()
    ring(sending, BELLS)  # and again when there is nothing left
    sending.repeats(0, say)
    assert set(Batch.objects.filter(alert=sending.alert).values_list("fence", flat=True)) == {1}


@pytest.mark.skipif(engine() != "celery", reason="only RabbitMQ hands a dead worker's message to another")
def test_it_goes_on_when_a_dead_workers_doorbell_is_given_to_another(
    start_sending: StartSending, processes: Processes, say: Say
) -> None:
    """No scheduler rings again: the second worker hears what the first one had not acknowledged."""
    sending = start_sending(FOLLOWERS)
    sending.push.answer("*", delay=0.1)
    sending.tick()
    first = processes.start("worker", "--queue", "delivery")
    sending.push.wait_for(100)
    processes.kill(first)
    seen = sending.push.total()
    sending.push.answer("*", status=201)
    processes.start("worker", "--queue", "delivery")
    sending.push.wait_for(seen + 100)
    sending.end_leases()
    processes.start("worker", "--queue", "retries")
    sending.wait_until_sent()
    sending.repeats(1, say)
