"""Whether this process has been asked to end: long work looks here between its steps."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

_asked = threading.Event()


def is_stopping() -> bool:
    """Whether it was asked to."""
    return _asked.is_set()


def wait(seconds: float) -> bool:
    """Sleeps, less when the process is asked to end meanwhile. Whether it was."""
    return _asked.wait(seconds)


def listen(then: Callable[[], None] = lambda: None) -> None:
    """From now on SIGTERM and SIGINT ask this process to end, and call ``then``; a second one ends it at once."""

    def ask(number: int, frame: FrameType | None) -> None:
        for one in (signal.SIGTERM, signal.SIGINT):
            signal.signal(one, signal.SIG_DFL)
        _asked.set()
        then()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
