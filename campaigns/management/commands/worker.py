"""`manage.py worker`: runs the tasks of some queues until it is told to stop."""

import logging
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaigns.management.clocks import require_right_clock
from mobilise.logs.configuration import log_crashes
from mobilise.task_backend.carrier import carrier

logger = logging.getLogger("mobilise.worker")

ALL = "*"


class Command(BaseCommand):
    """One worker process. Start one per queue, so that nobody waits behind a big alert."""

    help = "Runs the tasks of one queue or several, until it is stopped."
    # They look at addresses and the admin, which this process has no use for: a third of its memory and of its start.
    # What starts the house, and `manage.py check --deploy`, make them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Which queues, and how much at once."""
        known = ", ".join(settings.TASKS["default"]["QUEUES"])
        parser.add_argument("--queue", default=ALL, help=f"queues, separated by commas: {known} (default: all)")
        parser.add_argument("--concurrency", type=int, default=1, help="tasks at once (default: %(default)s)")

    def handle(self, *args: Any, queue: str, concurrency: int, **options: Any) -> None:
        """Hands over to the worker of whatever carries the tasks."""
        log_crashes()
        known: list[str] = settings.TASKS["default"]["QUEUES"]
        queues = known if queue == ALL else queue.split(",")
        unknown = [name for name in queues if name not in known]
        if unknown:
            raise CommandError(f"There is no queue {', '.join(unknown)}. There are: {', '.join(known)}.")
        if concurrency < 1:
            raise CommandError("--concurrency is at least 1.")
        require_right_clock()
        logger.info("worker: runs what comes to %s", ", ".join(queues))
        carrier().work(queues, concurrency)
