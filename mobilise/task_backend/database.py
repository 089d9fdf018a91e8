"""Tasks as rows of the database: django-tasks-db, with a worker that outlives the database's absence."""

import logging
import threading
from collections.abc import Sequence
from typing import Any

from django.db import Error, close_old_connections, connections
from django.utils.crypto import get_random_string
from django_tasks_db.backend import DatabaseBackend
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from mobilise import stopping

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.2
PAUSE_SECONDS = 1.0
# Whose tasks are about one phone each: a row that stayed would say to the second when it asked for something.
ABOUT_ONE_PHONE = "interactive"


class QuietWorker(Worker):
    """A worker that leaves nothing of a task about one phone once it is done."""

    def run_task(self, db_task_result: "DBTaskResult[Any, Any]") -> None:
        """Runs it, and deletes the row that others leave for a day."""
        super().run_task(db_task_result)
        if db_task_result.queue_name == ABOUT_ONE_PHONE:
            DBTaskResult.objects.filter(pk=db_task_result.pk, finished_at__isnull=False).delete()


class DatabaseTasks(DatabaseBackend):
    """The embedded default's carrier of tasks."""

    def work(self, queues: Sequence[str], concurrency: int) -> None:
        """Runs the tasks of these queues, ``concurrency`` at once, until SIGTERM or SIGINT."""
        workers = [self._worker(queues) for _ in range(concurrency)]

        def stop() -> None:
            for worker in workers:
                worker.running = False

        stopping.listen(stop)
        threads = [threading.Thread(target=_run, args=(worker,)) for worker in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def carry_waiting(self) -> None:
        """Nothing: the workers look for themselves."""

    def _worker(self, queues: Sequence[str]) -> QuietWorker:
        return QuietWorker(
            queue_names=list(queues),
            interval=POLL_SECONDS,
            batch=False,
            backend_name=self.alias,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )


def _run(worker: QuietWorker) -> None:
    """Until it is told to stop: a database that is away now comes back."""
    try:
        while not stopping.is_stopping():
            try:
                worker.run()
            except Error as error:
                logger.warning("worker: the database did not answer (%s), trying again", type(error).__name__)
                close_old_connections()
                stopping.wait(PAUSE_SECONDS)
    finally:
        connections.close_all()
