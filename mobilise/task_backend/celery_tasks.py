"""The Django Tasks API over Celery (docs/adr/0011). A message is a task's path and its arguments: ids."""

import logging
import uuid
from collections.abc import Sequence
from typing import Any

from amqp.exceptions import AMQPError
from celery.exceptions import Reject
from django.core.exceptions import SuspiciousOperation
from django.db import Error, close_old_connections, connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import DEFAULT_TASK_PRIORITY, Task, TaskResult, TaskResultStatus
from django_tasks.exceptions import InvalidTaskError
from django_tasks.utils import normalize_json
from django_tasks_db.backend import DatabaseBackend
from kombu.exceptions import KombuError

from mobilise import stopping
from mobilise.absence import Absence
from mobilise.task_backend.celery_app import URGENT, make_app, physical_queues

logger = logging.getLogger(__name__)

RUN = "mobilise.run"
CONFIRM_SECONDS = 5.0
RETRIES = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.1}
DATABASE_PAUSE_SECONDS = 1.0
CARRIED_AT_ONCE = 200
# Workers need not know of each other.
QUIET = {"without_gossip": True, "without_mingle": True, "without_heartbeat": True}
BROKER_TROUBLE = (KombuError, AMQPError, OSError)


class CeleryTasks(BaseTaskBackend):
    """Publishes tasks to RabbitMQ. What has to wait, for its moment or for the broker, is a row of django-tasks-db's.

    OPTIONS: ``broker``, its address; ``doorbells``, the queues of tasks that may be lost because they are rung again.
    """

    supports_defer = True
    supports_priority = True

    def __init__(self, alias: str, params: dict[str, Any]) -> None:
        super().__init__(alias, params)
        self._queues: list[str] = list(params["QUEUES"])
        self._doorbells: list[str] = list(self.options["doorbells"])
        self._waiting = DatabaseBackend(alias, {"QUEUES": self._queues})
        self._absence = Absence("the broker", "tasks wait in the database", logger)
        self.app = make_app(self.options["broker"], self._queues, self._doorbells)
        self.app.task(name=RUN, bind=False)(run)

    def validate_task(self, task: Task[Any, Any]) -> None:
        """Raises InvalidTaskError also for tasks that want to know of their result: there are none."""
        super().validate_task(task)
        if task.takes_context:
            raise InvalidTaskError("Backend stores no results: a task cannot take its context.")

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Publishes it; keeps it as a row when its moment has not come, or the broker does not take it."""
        self.validate_task(task)
        if task.run_after is not None and task.run_after > timezone.now():
            return self._keep(task, args, kwargs)
        content = normalize_json({"args": args, "kwargs": kwargs})
        published = self._publish(task.module_path, content, task.queue_name, task.priority)
        if not published and not self._is_waiting(task, content):
            return self._keep(task, args, kwargs)
        return _result(task, content, self.alias)

    def carry_waiting(self) -> None:
        """Publishes the rows whose moment has come. Killed in between, one of them may be published twice."""
        if self._absence.is_on():
            return
        for row in _rows().ready().filter(backend_name=self.alias)[:CARRIED_AT_ONCE]:
            try:
                if not self._publish(row.task_path, row.args_kwargs, row.queue_name, row.priority):
                    return
            except Error:
                raise
            except Exception as error:
                # Of another version, say. It must not hold up the others, nor the scheduler that asks for this.
                logger.error("the task that waits as row %s is dropped: %s", row.pk, type(error).__name__)
            row.delete()

    def work(self, queues: Sequence[str], concurrency: int) -> None:
        """Runs the tasks of these queues, ``concurrency`` at once, until SIGTERM or SIGINT."""
        names = physical_queues(queues, self._doorbells)
        worker = self.app.subclass_with_self("mobilise.task_backend.celery_worker:Worker", name="Worker")
        worker(queues=names, concurrency=concurrency, **QUIET).start()

    def _publish(self, path: str, content: dict[str, Any], queue: str, priority: int) -> bool:
        """Whether the broker has confirmed that it has it."""
        if self._absence.is_on():
            return False
        urgent = priority > DEFAULT_TASK_PRIORITY and queue in self._doorbells
        try:
            self.app.send_task(
                RUN,
                (path, content["args"], content["kwargs"]),
                queue=queue + URGENT if urgent else queue,
                retry_policy=RETRIES,
                confirm_timeout=CONFIRM_SECONDS,
                ignore_result=True,
            )
        except BROKER_TROUBLE as error:
            self._absence.note(error)
            return False
        return True

    def _keep(self, task: Any, args: Any, kwargs: Any) -> TaskResult[Any]:
        kept: Any = self._waiting.enqueue(task, args, kwargs)
        result: TaskResult[Any] = kept
        return result

    def _is_waiting(self, task: Task[Any, Any], content: dict[str, Any]) -> bool:
        """Whether the same task waits already: a doorbell is rung every few seconds, and once is enough."""
        same = {"task_path": task.module_path, "args_kwargs": content, "queue_name": task.queue_name}
        return bool(_rows().ready().filter(backend_name=self.alias, **same).exists())


def run(path: str, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Runs the task at ``path``. What goes wrong is said in a word; nothing of it is kept."""
    _await_database()
    try:
        task = import_string(path)
        if not isinstance(task, Task):
            raise SuspiciousOperation(f"{path} is no task.")
        task.call(*args, **kwargs)
    except Exception as error:
        logger.error("%s failed: %s", path, type(error).__name__)
    finally:
        close_old_connections()


def _await_database() -> None:
    """Waits while the database is away, with the message in hand: what it asks for could only fail.

    Raises Reject, which gives the message back, when the process is to end meanwhile.
    """
    while True:
        close_old_connections()
        try:
            connection.ensure_connection()
            if connection.is_usable():
                return
        except Error as error:
            logger.warning("worker: the database did not answer (%s), trying again", type(error).__name__)
        connection.close()
        if stopping.wait(DATABASE_PAUSE_SECONDS):
            raise Reject("stopping", requeue=True)


def _rows() -> Any:
    # Looked up when asked for: a backend is made before the models are there.
    return import_string("django_tasks_db.models.DBTaskResult").objects


def _result(task: Task[Any, Any], content: dict[str, Any], alias: str) -> TaskResult[Any]:
    return TaskResult(
        task=task,
        id=str(uuid.uuid4()),
        status=TaskResultStatus.READY,
        enqueued_at=timezone.now(),
        started_at=None,
        finished_at=None,
        last_attempted_at=None,
        args=content["args"],
        kwargs=content["kwargs"],
        backend=alias,
        errors=[],
        worker_ids=[],
    )
