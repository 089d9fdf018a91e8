"""The loop that keeps all services running, and ends them all."""

import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from mobilise.supervisor.console import Console
from mobilise.supervisor.service import Keeper, Service

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds that services get to end by themselves, at most. A worker waits for a slow push service for 8: what is cut off
# then has arrived for the most part, and is sent again.
GRACE = 12.0
PATIENCE = 10.0
TURN = 0.1


class Supervisor:
    """Runs services until SIGINT, SIGTERM or SIGHUP; a second one shortens the wait for their end."""

    def __init__(
        self,
        services: Sequence[Service],
        console: Console,
        *,
        directory: Path,
        environment: Mapping[str, str] | None = None,
        grace: float = GRACE,
    ) -> None:
        environment = {**os.environ, **(environment or {})}
        self._keepers = [Keeper(service, console, environment, directory) for service in services]
        self._console = console
        self._grace = grace
        self._asked_to_stop = 0

    def run(self, announce: Callable[[], bool] = lambda: True, should_stop: Callable[[], bool] = lambda: False) -> None:
        """Returns when all services have ended, because of a signal or because ``should_stop`` said True.

        The first service is what people wait for: the others start once ``announce``, which is called each turn
        until then, says True, or after PATIENCE.
        """
        first, others = self._keepers[:1], self._keepers[1:]
        with self._listening():
            try:
                began = time.monotonic()
                announced = False
                while not (self._asked_to_stop or should_stop()):
                    announced = announced or announce()
                    self._keep(first)
                    if announced or time.monotonic() - began > PATIENCE:
                        self._keep(others)
                    self._turn()
            finally:
                self._stop()

    def _keep(self, keepers: Sequence[Keeper]) -> None:
        """Starts what is due to be started, and notes what has ended."""
        for keeper in keepers:
            keeper.check(time.monotonic())
            if keeper.next_start is not None and keeper.next_start <= time.monotonic():
                keeper.start(time.monotonic())

    def _turn(self) -> None:
        """Waits for lines, a moment at most, and passes them on."""
        by_output = {keeper.output: keeper for keeper in self._keepers if keeper.output is not None}
        if not by_output:
            time.sleep(TURN)
            return
        ready, _, _ = select.select(list(by_output), [], [], TURN)
        heard = [by_output[output].read() for output in ready]
        if not all(heard):
            # A process that closed its output and lives on is always "readable".
            time.sleep(TURN)

    def _stop(self) -> None:
        """Ends everything: asks first, then, after the grace or a second Ctrl-C, does it by force."""
        self._console.say("Stopping…")
        for keeper in self._keepers:
            keeper.terminate()
        deadline = time.monotonic() + self._grace
        while self._asked_to_stop < 2 and time.monotonic() < deadline:
            if all(keeper.has_ended() for keeper in self._keepers):
                break
            self._turn()
        late = [keeper.service.name for keeper in self._keepers if not keeper.has_ended()]
        for keeper in self._keepers:
            keeper.sweep()
        self._console.say(f"Stopped, by force: {', '.join(late)}." if late else "Stopped.")

    @contextmanager
    def _listening(self) -> Iterator[None]:
        def ask_to_stop(number: int, frame: FrameType | None) -> None:
            self._asked_to_stop += 1

        before = {number: signal.signal(number, ask_to_stop) for number in STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
