"""One service: a command that is kept running, in a process group of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mobilise.supervisor.console import Console

LEASH = str(Path(__file__).with_name("leash.py"))
CHUNK = 65536
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
# Whoever lived this long was well: its next end counts as a first one.
STEADY = 10.0


@dataclass(frozen=True, slots=True)
class Service:
    """A name for the log, and the command."""

    name: str
    command: tuple[str, ...]


class Keeper:
    """Starts a service, passes its lines on, and starts it again, later each time, when it ends. Times in seconds."""

    def __init__(self, service: Service, console: Console, environment: Mapping[str, str], directory: Path) -> None:
        self.service = service
        self._console, self._environment, self._directory = console, environment, directory
        self._process: subprocess.Popen[bytes] | None = None
        self._rest = b""
        self._failures = 0
        self._started_at = 0.0
        self.next_start: float | None = 0.0

    @property
    def output(self) -> int | None:
        """The descriptor to read its lines from, while it runs."""
        return self._process.stdout.fileno() if self._process and self._process.stdout else None

    def start(self, now: float) -> None:
        """Starts the process."""
        self.next_start, self._started_at, self._rest = None, now, b""
        self._process = subprocess.Popen(
            [sys.executable, "-IS", LEASH, str(os.getpid()), *self.service.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
            cwd=self._directory,
            process_group=0,  # Ctrl-C in the terminal reaches the supervisor alone, which then ends all in order
        )
        if self.output is not None:
            os.set_blocking(self.output, False)

    def read(self) -> bool:
        """Passes on what the process has written. False when there is nothing more for now."""
        if self.output is None:
            return False
        try:
            chunk = os.read(self.output, CHUNK)
        except BlockingIOError:
            return False
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if not chunk or len(self._rest) > CHUNK:
            lines, self._rest = [*lines, self._rest] if self._rest else lines, b""
        for line in lines:
            self._console.log(self.service.name, line.decode(errors="replace").rstrip())
        return bool(chunk)

    def check(self, now: float) -> None:
        """Notes the process's end, if it has ended, and when to start it again."""
        status = self._process.poll() if self._process else None
        if status is None:
            return
        self.sweep()
        self._failures = 0 if now - self._started_at > STEADY else self._failures
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2**self._failures)
        self._failures += 1
        self.next_start = now + delay
        self._console.log(self.service.name, f"{_describe(status)}. Starting it again in {delay:g} s.")

    def terminate(self) -> None:
        """Asks the process to end; it ends its own children."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def sweep(self) -> None:
        """Ends by force what is left of the process and of its group."""
        if self._process is None:
            return
        # An empty group is not found; macOS says EPERM.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        while self.read():
            pass
        if self._process.stdout:
            self._process.stdout.close()
        self._process = None

    def has_ended(self) -> bool:
        """Whether nothing of it needs waiting for."""
        return self._process is None or self._process.poll() is not None


def _describe(status: int) -> str:
    if status < 0:
        return f"It was ended by signal {-status} ({signal.strsignal(-status)})"
    return f"It ended with exit status {status}"
