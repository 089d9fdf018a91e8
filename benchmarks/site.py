"""A site of its own for a case: a database, the processes of `manage.py`, and one to ask about its rows."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

from benchmarks import rows
from benchmarks.entering import enter_as_child
from tests.servers.server import end_process, spawn

ROOT = Path(__file__).resolve().parent.parent
LAST_WORDS = 2000

P = ParamSpec("P")
T = TypeVar("T")


class Site:
    """Also a context manager: whatever was started is ended."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self._log = (folder / "processes.log").open("ab")
        self._path = folder / "processes.log"
        self._running: list[subprocess.Popen[bytes]] = []
        self._desk = ProcessPoolExecutor(
            1, multiprocessing.get_context("spawn"), enter_as_child, (self.environment, os.getpid())
        )

    def __enter__(self) -> "Site":
        self.ask(rows.migrate)
        return self

    def __exit__(self, kind: type[BaseException] | None, *details: object) -> None:
        self.stop_all()
        if kind is not None:
            # What it was asked may take minutes yet.
            for child in multiprocessing.active_children():
                child.kill()
        self._desk.shutdown()
        self._log.close()

    def ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Runs a function of ``benchmarks.rows`` in the process that has this site's settings."""
        return self._desk.submit(function, *args, **kwargs).result()

    def start(self, *command: str, **extra: str) -> subprocess.Popen[bytes]:
        """Starts `manage.py command`, or with a first word of "-m" a module."""
        words = command if command[0] == "-m" else ("manage.py", *command)
        process = spawn([sys.executable, *words], self._log, self.environment | extra, cwd=ROOT)
        self._running.append(process)
        return process

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ends one of the processes."""
        self._running.remove(process)
        end_process(process, signal.SIGTERM)

    def stop_all(self) -> None:
        """Ends all processes that were started."""
        for process in self._running:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        while self._running:
            self.stop(self._running[0])

    @property
    def last_started(self) -> subprocess.Popen[bytes]:
        """The process that was started last."""
        return self._running[-1]

    @property
    def last_words(self) -> str:
        """The end of what its processes wrote."""
        return self._path.read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:]

    @property
    def has_lost_a_process(self) -> bool:
        """Whether one of them has ended by itself."""
        return any(process.poll() is not None for process in self._running)


def peak_memory(pid: int) -> float:
    """The most that a process and those that it started ever held in memory, in MiB (Linux: VmHWM)."""
    return sum(_kilobytes(one, "VmHWM") for one in _family(pid)) / 1024


def _family(pid: int) -> list[int]:
    children = [
        int(child)
        for file in Path(f"/proc/{pid}/task").glob("*/children")
        for child in file.read_text(encoding="ascii").split()
    ]
    return [pid, *(one for child in children for one in _family(child))]


def memory(pid: int) -> float:
    """What a process and those that it started hold in memory now, in MiB (Linux: VmRSS)."""
    return sum(_kilobytes(one, "VmRSS") for one in _family(pid)) / 1024


def _kilobytes(pid: int, what: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    found = re.search(rf"^{what}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) if found else 0
