"""A server that did not answer is not waited for again by everybody: for some seconds it counts as away."""

import logging
import time

SECONDS = 3.0


class Absence:
    """Whether one server is away, as far as this process knows."""

    def __init__(self, what: str, instead: str, logger: logging.Logger) -> None:
        """``what`` does not answer; ``instead`` of it, this happens: the words of the log."""
        self._what = what
        self._instead = instead
        self._logger = logger
        self._until = 0.0

    def is_on(self) -> bool:
        """Whether it is not to be asked now."""
        return time.monotonic() < self._until

    def note(self, error: Exception) -> None:
        """It did not answer. Only the error's type is said: its text may hold an address."""
        if not self.is_on():
            self._logger.warning("%s did not answer (%s): %s", self._what, type(error).__name__, self._instead)
        self._until = time.monotonic() + SECONDS

    def end(self) -> None:
        """Forgets it."""
        self._until = 0.0
