"""What all servers share: a process that is started, waited for, and ended."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Self

from tests.patience import PATIENCE

LEASH = Path(__file__).resolve().parents[2] / "mobilise" / "supervisor" / "leash.py"
LOOPBACK = "127.0.0.1"
STOP_SECONDS = 60.0
# Below the ports that the system hands out: a server that is stopped finds its own again.
PORTS = range(20_000, 32_000)


class Missing(Exception):
    """A server that is not installed. Says which Debian package has it."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(f"{program} is missing: install it (apt-get install {package})")
        self.package = package


def find(program: str, package: str, *places: str) -> Path:
    """Where ``program`` is: in one of ``places`` (of several versions the newest), or on the PATH. Raises Missing."""
    found = [path for place in places for path in Path("/").glob(f"{place.lstrip('/')}/{program}")]
    found.sort(key=lambda path: (len(str(path)), path))
    on_path = shutil.which(program, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if not found and on_path is None:
        raise Missing(program, package)
    return found[-1] if found else Path(str(on_path))


def free_port() -> int:
    """A loopback port that nobody listens on."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe:
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no port is free between {PORTS.start} and {PORTS.stop}")


class Server:
    """One server process; also a context manager. Ends with the process that started it, however that ends.

    Start it from the main thread: the system's leash holds on to the thread.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.log = folder / f"{type(self).__name__.lower()}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it answers."""
        raise NotImplementedError

    def stop(self) -> None:
        """Ends it as an administrator would; nothing when it does not run."""
        self.end(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9."""
        self.end(signal.SIGKILL)

    def suspend(self) -> None:
        """Stands still: takes connections and says nothing. Until it is resumed, killed or stopped."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Goes on."""
        os.kill(self.pid, signal.SIGCONT)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process, while it runs."""
        assert self._process is not None, f"{type(self).__name__} does not run"
        return self._process.pid

    def launch(self, command: Sequence[str | Path], environment: Mapping[str, str] | None = None, **how: Any) -> None:
        """Starts ``command`` with its words added to the log."""
        assert self._process is None, f"{type(self).__name__} runs already"
        with self.log.open("ab") as log:
            self._process = spawn(command, log, environment, **how)

    def wait_until_it_answers(self, seconds: float = PATIENCE) -> None:
        """Until ``answers`` is true. RuntimeError with the end of the log when it ends before, or takes too long."""
        end = time.monotonic() + seconds
        while not self.answers():
            ended = self._process is None or self._process.poll() is not None
            if ended or time.monotonic() > end:
                self.kill()
                raise RuntimeError(
                    f"{type(self).__name__} did not start: {self.log.read_text(errors='replace')[-3000:]}"
                )
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether it can be spoken to: it takes a connection."""
        try:
            socket.create_connection((LOOPBACK, self.port), timeout=2).close()
        except OSError:
            return False
        return True

    def end(self, number: signal.Signals, seconds: float = STOP_SECONDS) -> None:
        """Sends the signal and waits; what is left of its group then goes by force."""
        process, self._process = self._process, None
        if process is not None:
            end_process(process, number, seconds)


def spawn(
    command: Sequence[str | Path],
    log: IO[bytes],
    environment: Mapping[str, str] | None = None,
    leash: Sequence[str | Path] | None = None,
    **how: Any,
) -> subprocess.Popen[bytes]:
    """A process in a group of its own, on the leash of this one."""
    leashed = [*(leash or (sys.executable, LEASH, str(os.getpid()))), *command]
    environment = os.environ | (environment or {})
    return subprocess.Popen(
        leashed, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **how
    )


def end_process(process: subprocess.Popen[bytes], number: signal.Signals, seconds: float = STOP_SECONDS) -> None:
    """Sends the signal, waits, and ends the rest of its group by force."""
    if process.poll() is None:
        process.send_signal(number)
        # One that stands still hears nothing else.
        process.send_signal(signal.SIGCONT)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
