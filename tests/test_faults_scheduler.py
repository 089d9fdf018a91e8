"""kill -9 of the scheduler between an alert's minute and its batches: it begins wholly or not at all, and once."""

import random
import time

import pytest

from campaigns.models import Alert, AlertState, Batch
from tests.database_holds import PostgresHolds, SqliteHolds
from tests.delivering import Processes
from tests.faulty import Process, Say, Sending, StartSending, run_until, thaw

FOLLOWERS = 1050  # two batches
KILLS_WHILE_WRITING = 3

pytestmark = pytest.mark.django_db(transaction=True)


def has_begun(sending: Sending) -> bool:
    """Asserts that it has batches if and only if it is being sent."""
    alert = Alert.objects.get(pk=sending.alert.pk)
    batches = Batch.objects.filter(alert=alert).count()
    assert (alert.state, batches) in {(AlertState.SCHEDULED, 0), (AlertState.SENDING, 2)}
    return batches > 0


def finish_with_another(sending: Sending, processes: Processes, say: Say) -> None:
    """Another scheduler takes over and a worker sends it, to everybody once."""
    processes.start("scheduler")
    processes.start("worker", "--queue", "delivery,retries")
    sending.wait_until_sent(ticking=False)
    assert Batch.objects.filter(alert=sending.alert).count() == 2
    sending.repeats(0, say)


def test_it_begins_once_when_the_scheduler_dies_while_it_cuts_batches_on_postgresql(
    start_sending: StartSending, processes: Processes, say: Say, postgres_holds: PostgresHolds
) -> None:
    sending = start_sending(FOLLOWERS)
    with postgres_holds.inserts("campaigns_batch"):
        scheduler = processes.start("scheduler")
        postgres_holds.await_arrival("INSERT%campaigns_batch%")
        processes.kill(scheduler)
    assert not has_begun(sending)
    finish_with_another(sending, processes, say)


def test_it_begins_once_when_schedulers_die_while_they_write_on_sqlite(
    start_sending: StartSending, processes: Processes, say: Say, sqlite_holds: SqliteHolds
) -> None:
    """Each is caught in one of the transactions of its first tick, some of them in the one that begins the alert."""
    sending = start_sending(FOLLOWERS)
    began = []
    for writes in range(1, KILLS_WHILE_WRITING + 1):
        scheduler = processes.start("scheduler")
        for _ in range(writes):
            sqlite_holds.catch_writing(scheduler)
        thaw(scheduler)
        time.sleep(random.uniform(0, 0.003))  # noqa: S311  # any moment will do
        processes.kill(scheduler)
        began.append(has_begun(sending))
    say(f"begun by those who died: {began}")
    finish_with_another(sending, processes, say)


def test_it_is_rung_by_another_scheduler_when_one_dies_before_it_rings(
    start_sending: StartSending, processes: Processes, say: Say
) -> None:
    """Killed in the step after its batches can be seen: most often nobody has been told of them."""
    sending = start_sending(FOLLOWERS)
    scheduler: Process = processes.start("scheduler")
    run_until(scheduler, lambda: has_begun(sending))
    processes.kill(scheduler)
    finish_with_another(sending, processes, say)
