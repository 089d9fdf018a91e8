"""Figures that take long to count: counted now and then by one thread, and shared by all who ask meanwhile."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_KEPT = 100


class Remembered(Generic[T]):
    """By key, what was counted within the last ``seconds``, in this process."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._kept: dict[Hashable, tuple[float, T]] = {}

    def get(self, key: Hashable, count: Callable[[], T]) -> T:
        """What is remembered, else what ``count`` gives. Several count at once only when nothing is remembered."""
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(key)
            if kept and now - kept[0] < self._seconds:
                return kept[1]
            if kept:
                # The others take the old figures while this one counts.
                self._kept[key] = (now, kept[1])
        counted = count()
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = (time.monotonic(), counted)
        return counted

    def forget(self) -> None:
        """Counts anew the next time."""
        with self._lock:
            self._kept.clear()
