"""Python's search for garbage rests while a process starts: what it imports stays, and is looked through for nothing.

That search was a fifth of each start. What is there afterwards is looked through no more either.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import AppConfig

# What is left at the end is cleared away as ever: SQLite empties its log when the last connection is closed.
atexit.register(gc.unfreeze)


class CollectorConfig(AppConfig):
    """The last app: once all others are there, the start is over. No tables."""

    name = "mobilise.collector"

    def ready(self) -> None:
        """Whether or not the process began with a rest."""
        _go_on()


@contextmanager
def resting() -> Iterator[None]:
    """For what is imported only after that."""
    gc.disable()
    try:
        yield
    finally:
        _go_on()


def _go_on() -> None:
    gc.freeze()
    gc.enable()
