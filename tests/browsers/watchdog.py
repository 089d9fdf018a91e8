"""A browser that answers nobody any more. Playwright waits for some of its answers without an end."""

import os
import signal
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.patience import PATIENCE

# Of a whole test; the longest journey takes half of it on a busy machine.
PATIENCE_WITH_BROWSERS = 5 * PATIENCE


class Watchdog:
    """Ends by force what runs with a profile under ``folder`` when the time is over; pending calls then fail.

    The failure is Playwright's "closed" error, for which the test is tried once more (pyproject.toml): a browser that
    stands still is none of ours to mend, and shows in the summary.
    """

    def __init__(self, folder: Path, seconds: float = PATIENCE_WITH_BROWSERS) -> None:
        self._folder = folder
        self._timer = threading.Timer(seconds, self._bite)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def _bite(self) -> None:
        for pid in processes_of(self._folder):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def processes_of(folder: Path) -> list[int]:
    """The browser processes whose profile lies in ``folder``."""
    wanted = f"--user-data-dir={folder}/".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if wanted in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
    return found
