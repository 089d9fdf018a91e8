"""Celery's worker without what it says and asks beside its work."""

from functools import partial
from typing import Any

from celery.app import trace
from celery.apps import worker as program
from celery.worker import state
from celery.worker.consumer import Consumer as CeleryConsumer

from mobilise import stopping

PAUSES = {"interval_start": 1.0, "interval_step": 1.0, "interval_max": 3.0}  # seconds


class Consumer(CeleryConsumer):  # type: ignore[misc]  # Celery carries no types
    """Celery's, without the step that declares 28 queues for messages with a delay: ours wait in the database."""

    class Blueprint(CeleryConsumer.Blueprint):  # type: ignore[misc]
        """What is started for each connection."""

        default_steps = [step for step in CeleryConsumer.Blueprint.default_steps if "delayed_delivery" not in step]

    def ensure_connected(self, conn: Any) -> Any:
        """Tries again every few seconds for as long as the broker is away; Celery would wait up to half a minute."""
        conn.ensure_connection = partial(conn.ensure_connection, **PAUSES)
        return super().ensure_connected(conn)


class Worker(program.Worker):  # type: ignore[misc]
    """Logs as the project does, and ends as the project's processes do."""

    def on_before_init(self, quiet: bool = True, **kwargs: Any) -> None:
        """Without the warning about root: the messages are JSON."""
        self.quiet = quiet
        trace.setup_worker_optimizations(self.app, self.hostname)

    def setup_logging(self, colorize: Any = None) -> bool:
        """The project's settings have done it."""
        return True

    def install_platform_tweaks(self, worker: Any) -> None:
        """SIGTERM and SIGINT: what is being done is done to its next step, nothing new is begun."""
        stopping.listen(_stop)

    def set_process_status(self, info: str) -> None:
        """The process is called what it was started as."""


def _stop() -> None:
    state.should_stop = 0  # the exit status
