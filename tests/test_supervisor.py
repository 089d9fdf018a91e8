"""Real processes under the real supervisor: what ends comes back, and at the end nothing is left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from campaigns.delivery.worker import PATIENT_SECONDS
from mobilise.supervisor.supervisor import GRACE
from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent

# A service that notes its process in a file, has a child of its own, and says a word.
SERVICE = """
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()} {child.pid}\\n")
print("hello from", sys.argv[1].rsplit("/")[-1], flush=True)
time.sleep(600)
"""

RUN = """
import json, sys
from pathlib import Path
from mobilise.supervisor.console import Console
from mobilise.supervisor.service import Service
from mobilise.supervisor.supervisor import Supervisor
services = [Service(name, tuple(command)) for name, command in json.loads(sys.argv[1])]
Supervisor(services, Console(), directory=Path.cwd(), grace=2).run()
"""


def eventually(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


class Run:
    """A supervisor with its services, as a process."""

    def __init__(self, directory: Path, names: list[str], *arguments: str) -> None:
        self.notes = {name: directory / name for name in names}
        services = [(name, [sys.executable, "-c", SERVICE, str(note), *arguments]) for name, note in self.notes.items()]
        self.log = directory / "log"
        with self.log.open("wb") as log:
            command = [sys.executable, "-c", RUN, json.dumps(services)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT, start_new_session=True)

    def pids(self, name: str) -> list[list[int]]:
        """[service, its child] for each time it was started."""
        if not self.notes[name].exists():
            return []
        return [[int(pid) for pid in line.split()] for line in self.notes[name].read_text().splitlines()]

    def all_pids(self) -> list[int]:
        return [pid for name in self.notes for start in self.pids(name) for pid in start]

    def wait_for_starts(self, count: int = 1) -> None:
        eventually(lambda: all(len(self.pids(name)) >= count for name in self.notes), f"{count} starts")

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        return self.process.wait(PATIENCE)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(names: list[str], *arguments: str) -> Run:
        runs.append(Run(tmp_path, names, *arguments))
        runs[-1].wait_for_starts()
        return runs[-1]

    yield start
    for run in runs:
        run.process.kill()
        run.process.wait()
        for pid in filter(is_alive, run.all_pids()):
            os.kill(pid, signal.SIGKILL)


def test_it_starts_a_killed_service_again(start: Callable[..., Run]) -> None:
    run = start(["web", "delivery"])
    [first, child] = run.pids("delivery")[0]
    os.kill(first, signal.SIGKILL)
    eventually(lambda: len(run.pids("delivery")) == 2, "a second start")
    assert not is_alive(child)
    assert len(run.pids("web")) == 1
    assert "It was ended by signal 9 (Killed). Starting it again in 0.5 s." in run.log.read_text()


def test_it_waits_longer_each_time_for_a_service_that_keeps_ending(tmp_path: Path) -> None:
    services = [("broken", [sys.executable, "-c", "print('no'); raise SystemExit(3)"])]
    log = tmp_path / "log"
    with log.open("wb") as file:
        process = subprocess.Popen([sys.executable, "-c", RUN, json.dumps(services)], stdout=file, cwd=ROOT)
    eventually(lambda: "again in 2 s" in log.read_text(), "the third end")
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE) == 0
    ends = [line.split("status ")[1] for line in log.read_text().splitlines() if "exit status" in line]
    assert ends[:3] == [f"3. Starting it again in {delay} s." for delay in ("0.5", "1", "2")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_everything_at_once_when_asked_to(start: Callable[..., Run], number: signal.Signals) -> None:
    run = start(["web", "delivery", "retries"])
    began = time.monotonic()
    run.signal(number)
    assert run.end() == 0
    assert time.monotonic() - began < 2
    assert run.all_pids()
    assert not [pid for pid in run.all_pids() if is_alive(pid)]
    assert "Traceback" not in run.log.read_text()


def test_it_waits_for_what_a_worker_waits_for():
    # Two more: what came of it is noted.
    assert GRACE >= PATIENT_SECONDS + 2


def test_it_ends_by_force_what_does_not_end_by_itself(start: Callable[..., Run]) -> None:
    run = start(["delivery"], "stubborn")
    run.signal(signal.SIGINT)
    assert run.end() == 0
    assert not [pid for pid in run.all_pids() if is_alive(pid)]
    assert "by force: delivery" in run.log.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_its_services_end_when_it_is_killed(start: Callable[..., Run]) -> None:
    run = start(["web", "delivery"])
    services = [run.pids(name)[0][0] for name in run.notes]
    run.signal(signal.SIGKILL)
    run.end()
    eventually(lambda: not any(is_alive(pid) for pid in services), "their end")


def test_it_says_who_said_what_without_colours_when_nobody_looks(start: Callable[..., Run]) -> None:
    run = start(["web", "delivery"])
    eventually(lambda: run.log.read_text().count("hello from") == 2, "two words")
    lines = [line.split(maxsplit=2) for line in run.log.read_text().splitlines()]
    assert sorted(line[1:] for line in lines) == [["delivery", "hello from delivery"], ["web", "hello from web"]]
    assert "\x1b" not in run.log.read_text()
