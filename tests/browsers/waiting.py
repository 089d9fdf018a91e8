"""Waiting for a condition with a time limit, and saying what was seen instead when it does not come."""

import time
from collections.abc import Callable
from typing import TypeVar

from tests.patience import PATIENCE

T = TypeVar("T")


def wait_until(
    probe: Callable[[], T],
    what: str,
    *,
    timeout: float = PATIENCE,
    seen: Callable[[], object] | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> T:
    """The first truthy answer of `probe`.

    `pause` (seconds) is how to let time pass: a browser driver that only reads its events inside its own calls
    gives its own. Raises AssertionError with `what`, and with what `seen()` says, after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            instead = seen() if seen else answer
            raise AssertionError(f"waited {timeout:.0f} s for {what}; seen instead: {instead!r}")
        pause(0.05)
