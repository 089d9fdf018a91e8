"""`manage.py worker`: runs the tasks of one queue until it is told to stop."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

POLL_SECONDS = 0.2


class Command(BaseCommand):
    """One worker process. Start one per queue, so that nobody waits behind a big alert."""

    help = "Runs the tasks of a queue, until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which queue."""
        queues = settings.TASKS["default"]["QUEUES"]
        parser.add_argument("--queue", choices=[*queues, "*"], default="*", help="the queue to work on (default: all)")

    def handle(self, *args: Any, queue: str, verbosity: int, **options: Any) -> None:
        """Hands over to django-tasks-db's worker, without its reloader."""
        call_command(
            "db_worker",
            queue_name=queue,
            interval=POLL_SECONDS,
            reload=False,
            startup_delay=False,
            verbosity=verbosity,
        )
