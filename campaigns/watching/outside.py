"""Whether the servers beside us answer: asked with a short patience, and not at every request."""

import threading
import time
from collections.abc import Callable
from importlib import import_module

from django.conf import settings

TIMEOUT = 2.0
# So that whoever asks us often does not make us ask often.
REMEMBERED = 5.0


class Probe:
    """A question to another server, and its last answer. Times in seconds."""

    def __init__(self, ask: Callable[[], None]) -> None:
        """``ask`` raises when there is no answer, or not the right one."""
        self._ask = ask
        self._lock = threading.Lock()
        self._asked_at: float | None = None
        self._answered = False

    def answers(self) -> bool:
        """Whether it answers, or did when it was last asked; until the first answer it does not.

        One thread asks. The others do not wait for what it hears: else strangers could keep all of ours waiting.
        """
        if self._is_old() and self._lock.acquire(blocking=False):
            try:
                if self._is_old():
                    self._answered = self._hear()
                    self._asked_at = time.monotonic()
            finally:
                self._lock.release()
        return self._answered

    def _is_old(self) -> bool:
        return self._asked_at is None or time.monotonic() - self._asked_at >= REMEMBERED

    def _hear(self) -> bool:
        try:
            self._ask()
        except Exception:
            # Whatever went wrong: it does not answer. The words of the error may hold its password.
            return False
        return True

    def forget(self) -> None:
        """Asks anew the next time."""
        self._asked_at = None


def broker_url() -> str:
    """The broker's address, which holds a password; "" when tasks are rows of the database."""
    return str(settings.TASKS["default"].get("OPTIONS", {}).get("broker", ""))


# Their packages are there only where they are needed (requirements/distributed.txt).
def _ask_broker() -> None:
    with import_module("kombu").Connection(broker_url(), connect_timeout=TIMEOUT) as connection:
        connection.ensure_connection(max_retries=1, timeout=TIMEOUT, interval_start=0)


def _ask_cache() -> None:
    redis = import_module("redis").from_url(settings.CACHE_URL, socket_connect_timeout=TIMEOUT, socket_timeout=TIMEOUT)
    try:
        redis.ping()
    finally:
        redis.close()


broker = Probe(_ask_broker)
cache = Probe(_ask_cache)
