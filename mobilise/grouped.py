"""Calls of several threads at once as one: a crowd's writes in one transaction (group commit)."""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")
R = TypeVar("R")


class _Call(Generic[T, R]):
    """One thread's call. ``answers`` is empty until it is answered, and stays so when its group failed."""

    __slots__ = ("answers", "item", "leads", "wake")

    def __init__(self, item: T) -> None:
        self.item = item
        self.answers: list[R] = []
        self.leads = False
        # A lock that is held until there is something to wake up for: lighter than an Event.
        self.wake = threading.Lock()
        self.wake.acquire()


class Grouped(Generic[T, R]):
    """``together`` takes the items of all that call meanwhile, and gives an answer for each, in their order.

    Whoever comes while nobody is at it does it at once, for itself; those who come meanwhile queue, and the first of
    them does it for all. Nobody waits for a clock, nor goes on before what was done for it is committed. When a group
    fails, each does its own by itself and gets its own error: so ``together`` must do no harm when it is repeated.
    """

    def __init__(self, together: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._together = together
        self._lock = threading.Lock()
        self._waiting: list[_Call[T, R]] = []
        self._busy = False

    def __call__(self, item: T) -> R:
        """The answer for one item. Raises what ``together`` raises for it alone."""
        if connection.in_atomic_block:
            # What belongs to the caller's own transaction.
            return self._alone(item)
        call: _Call[T, R] = _Call(item)
        if self._join(call):
            self._lead()
        return call.answers[0] if call.answers else self._alone(item)

    def _alone(self, item: T) -> R:
        return self._together([item])[0]

    def _join(self, call: _Call[T, R]) -> bool:
        """Queues, and waits if somebody is at it. Whether this thread is to lead now."""
        with self._lock:
            self._waiting.append(call)
            if not self._busy:
                self._busy = True
                return True
        call.wake.acquire()
        return call.leads

    def _lead(self) -> None:
        with self._lock:
            group, self._waiting = self._waiting, []
        try:
            answers = self._together([call.item for call in group])
            for call, answer in zip(group, answers, strict=True):
                call.answers.append(answer)
        except Exception:
            # Alone, the leader raises its own; so does each of the others.
            if len(group) == 1:
                raise
        finally:
            self._pass_on()
            for call in group:
                if call is not group[0]:
                    call.wake.release()

    def _pass_on(self) -> None:
        """The first of those who came meanwhile leads next."""
        with self._lock:
            self._busy = bool(self._waiting)
            if self._busy:
                self._waiting[0].leads = True
                self._waiting[0].wake.release()
