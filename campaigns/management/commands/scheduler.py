"""`manage.py scheduler`: ticks until it is told to stop."""

import logging
import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from campaigns import tasks
from campaigns.delivery.scheduler import Scheduler
from campaigns.models.heartbeat import SCHEDULER, Pulse
from campaigns.watching.canaries import name_canaries

logger = logging.getLogger("mobilise.scheduler")

TICK_SECONDS = 0.2
HOUSEKEEPING_SECONDS = 600.0


class Command(BaseCommand):
    """The clock of the house."""

    help = "Begins alerts at their minute and rings the workers, until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        """How often, and how many workers to ring."""
        parser.add_argument("--interval", type=float, default=TICK_SECONDS, help="seconds between ticks (%(default)s)")
        parser.add_argument("--workers", type=int, default=1, help="delivery workers to ring at once (%(default)s)")

    def handle(self, *args: Any, interval: float, workers: int, **options: Any) -> None:
        """Runs until SIGTERM or SIGINT."""
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        scheduler = Scheduler(tasks.ring_delivery, tasks.ring_retries, most_rings=workers)
        logger.info("scheduler: a tick every %.1f s", interval)
        housekeeping_due = 0.0
        pulse = Pulse(SCHEDULER)
        while not stop.wait(interval):
            close_old_connections()
            try:
                now = timezone.now()
                scheduler.tick(now)
                pulse.beat(now)
                tasks.ring_canaries(now)
                if time.monotonic() >= housekeeping_due:
                    name_canaries()
                    tasks.enqueue_forgetting()
                    housekeeping_due = time.monotonic() + HOUSEKEEPING_SECONDS
            except OperationalError as error:
                # A locked or restarting database: the rows are still there at the next tick.
                logger.warning("scheduler: the database did not answer (%s), trying again", type(error).__name__)
