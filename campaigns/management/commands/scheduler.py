"""`manage.py scheduler`: ticks until it is told to stop."""

import logging
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone

from accounts.site_settings import note_settings
from campaigns import tasks
from campaigns.delivery.scheduler import Scheduler
from campaigns.management.clocks import require_right_clock
from campaigns.models.heartbeat import SCHEDULER, Pulse
from campaigns.watching.canaries import name_canaries
from mobilise import stopping
from mobilise.leadership import scheduler_leadership
from mobilise.logs.configuration import log_crashes
from mobilise.task_backend.carrier import carrier

logger = logging.getLogger("mobilise.scheduler")

TICK_SECONDS = 0.2
HOUSEKEEPING_SECONDS = 600.0


class Command(BaseCommand):
    """The clock of the house. Several may run: one leads, and another takes over when that one ends."""

    help = "Begins alerts at their minute and rings the workers, until it is stopped."
    # They look at addresses and the admin, which this process has no use for: a third of its memory and of its start.
    # What starts the house, and `manage.py check --deploy`, make them.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """How often, and how many workers to ring."""
        parser.add_argument("--interval", type=float, default=TICK_SECONDS, help="seconds between ticks (%(default)s)")
        workers = settings.DELIVERY_WORKERS
        parser.add_argument(
            "--workers", type=int, default=workers, help="delivery workers to ring at once (%(default)s)"
        )

    def handle(self, *args: Any, interval: float, workers: int, **options: Any) -> None:
        """Runs until SIGTERM or SIGINT."""
        log_crashes()
        require_right_clock()
        stopping.listen()
        leadership = scheduler_leadership()
        house = _House(Scheduler(tasks.ring_delivery, tasks.ring_retries, most_rings=workers))
        logger.info("scheduler: a tick every %.1f s", interval)
        while not stopping.wait(interval):
            if leadership.is_ours():
                house.tick()
        leadership.give_up()


class _House:
    """What the scheduler that leads does at each tick."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._carrier = carrier()
        self._pulse = Pulse(SCHEDULER)
        self._housekeeping_due = 0.0

    def tick(self) -> None:
        """One round. A database that is locked or away now still has the rows at the next."""
        close_old_connections()
        try:
            self._do(timezone.now())
        except (OperationalError, InterfaceError) as error:
            logger.warning("scheduler: the database did not answer (%s), trying again", type(error).__name__)

    def _do(self, now: datetime) -> None:
        self._scheduler.tick(now)
        tasks.ring_organisers(now)
        self._carrier.carry_waiting()
        self._pulse.beat(now)
        tasks.ring_canaries(now)
        tasks.ring_imports(now)
        if time.monotonic() >= self._housekeeping_due:
            name_canaries()
            note_settings()
            tasks.enqueue_forgetting()
            tasks.enqueue_series()
            tasks.enqueue_previews()
            self._housekeeping_due = time.monotonic() + HOUSEKEEPING_SECONDS
