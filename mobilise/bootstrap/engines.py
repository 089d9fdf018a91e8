"""Which tests run on which engine: all on SQLite; what reads and writes rows on PostgreSQL too; what queues, on Celery.

The two passes beside SQLite's run one after the other while it runs, and say what they have to say at the end.
Most tests wait most of the time (for a lease, a server, a browser): more of them run side by side than there are cores.
"""

import os
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from mobilise.bootstrap.places import PYTHON, ROOT
from mobilise.bootstrap.reports import Verdict, failures_of, report_option
from mobilise.bootstrap.running import environment, run_quietly
from mobilise.supervisor.console import Console


@dataclass(frozen=True, slots=True)
class Engine:
    """What TEST_ENGINE calls it, the servers it needs, and the test files, as patterns.

    The servers are classes of tests.servers, each with the variable that may name one that runs already; all that
    run ``side_by_side`` share them.
    """

    name: str
    servers: dict[str, str]
    files: tuple[str, ...]
    side_by_side: int

    @property
    def command(self) -> list[str | Path]:
        """Runs its tests."""
        files = sorted(path for pattern in self.files for path in (ROOT / "tests").glob(f"test_{pattern}.py"))
        return pytest(self.name, "-p", "no:cacheprovider", *dict.fromkeys(files), side_by_side=self.side_by_side)


def pytest(name: str, *arguments: str | Path, side_by_side: int) -> list[str | Path]:
    """The pass ``name``: so many test files at once; 0: one after the other, in the process itself."""
    spread = ["-n", str(side_by_side), "--dist", "loadfile", "--no-loadscope-reorder"]
    return [PYTHON, "-m", "pytest", report_option(name), *spread, *arguments]


def on_sqlite() -> list[str | Path]:
    """Runs all tests."""
    return pytest("sqlite", side_by_side=4)


POSTGRES = {"Postgres": "TEST_DATABASE_URL"}
# What waits most goes first: at the end, when SQLite's pass may be over, the other keeps both cores busy.
ENGINES = (
    Engine(
        "celery",
        POSTGRES | {"RabbitMQ": "TEST_BROKER_URL", "Redis": "TEST_CACHE_URL"},
        ("celery_*", "delivery_processes", "faults_kills", "faults_outages", "faults_queue", "worker_*", "throttles*"),
        # They purge the broker's queues, which they share.
        side_by_side=0,
    ),
    Engine(
        "postgres",
        POSTGRES,
        (
            *("delivery_*", "batch_*", "states", "alert_*", "faults_*", "leadership", "postgres_*", "clock_*"),
            *("participation_*", "receipt_*", "api_receipts", "subscriptions", "devices", "device_pushes", "prepared"),
            *("throttles", "crowd", "retention", "watching_*", "copying*", "series", "inviting_*", "outreach_*"),
            # Of the admin each page once, and what sums, locks, or moves several rows.
            *("admin_markup", "admin_recap*", "admin_delivery_*", "admin_figures", "admin_approval_answers"),
            *("admin_copying", "admin_media", "admin_outreach", "admin_plan_moves", "admin_reach", "admin_audit"),
            *("admin_schedule_all", "admin_stop_everything", "admin_corrections", "admin_home"),
        ),
        side_by_side=2,
    ),
)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a pass went: exit status, seconds, and all that it said."""

    engine: Engine
    status: int
    seconds: float
    words: str


class OtherEngines:
    """The passes beside SQLite's, begun as soon as this is made; one after the other, as there are two cores."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._one_by_one = ThreadPoolExecutor(max_workers=1)
        self._running: subprocess.Popen[bytes] | None = None
        self._stopped = False
        self._passes = [self._one_by_one.submit(self._run, engine) for engine in ENGINES if self._has_servers(engine)]

    def finish(self) -> list[Verdict]:
        """Waits for all, and says what they said."""
        verdicts = []
        for done in self._passes:
            ran = done.result()
            name = f"pytest on {ran.engine.name}"
            self._console.say(f"--- {name}", bold=True)
            self._console.say(ran.words.rstrip())
            failures = failures_of(ran.engine.name) if ran.status else []
            verdicts.append(Verdict(name, ran.status, ran.seconds, failures))
        return verdicts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        """Ends what still runs: pytest ends its servers when it is interrupted."""
        self._stopped = True
        running = self._running
        if running is not None and running.poll() is None:
            running.send_signal(signal.SIGINT)
        self._one_by_one.shutdown(cancel_futures=True)

    def _run(self, engine: Engine) -> Ran:
        began = time.monotonic()
        with subprocess.Popen(
            engine.command,
            cwd=ROOT,
            env={**environment(), "TEST_ENGINE": engine.name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as self._running:
            if self._stopped:
                self._running.send_signal(signal.SIGINT)
            words, _ = self._running.communicate()
        return Ran(engine, self._running.returncode, time.monotonic() - began, words.decode(errors="replace"))

    def _has_servers(self, engine: Engine) -> bool:
        """In CI they are taken to be there: the pass fails without them."""
        if os.environ.get("CI"):
            return True
        wanted = [server for server, named_by in engine.servers.items() if not os.environ.get(named_by)]
        missing = run_quietly([PYTHON, "-c", _LOOK_FOR, *wanted])
        if missing:
            self._console.say(f"Not tested on {engine.name}: {missing.strip().splitlines()[-1]}", bold=True)
        return not missing


_LOOK_FOR = """
import sys, tempfile
from pathlib import Path
from tests import servers
with tempfile.TemporaryDirectory() as folder:
    for name in sys.argv[1:]:
        try:
            getattr(servers, name)(Path(folder) / name)
        except servers.Missing as missing:
            sys.exit(str(missing))
"""
