"""The throttle's rows: a random key for each day, and what is counted under names that only that day's key can make."""

import hmac
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db import models

from mobilise.counters import Row, increment_all
from mobilise.fields import EncryptedBytesField, EncryptedTextField
from mobilise.grouped import Grouped

KEY_DAYS = 2
# The key outlives its row by no more than a process's interest in that day.
KEYS_KEPT = 2


@dataclass(frozen=True, slots=True)
class Window:
    """A fixed window of time, and the seconds that were left of it when it was asked for."""

    start: datetime
    end: datetime
    seconds_left: float

    @classmethod
    def at(cls, now: datetime, length: timedelta) -> "Window":
        """The one that ``now`` is in."""
        seconds = int(length.total_seconds())
        end = (int(now.timestamp()) // seconds + 1) * seconds
        closes = datetime.fromtimestamp(end, tz=now.tzinfo)
        return cls(closes - length, closes, end - now.timestamp())

    @property
    def length(self) -> timedelta:
        """From start to end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Ask:
    """One more of ``scope`` for a subject, of whom at most so many are let through in a fixed window."""

    scope: str
    subject: str
    most: int
    window: timedelta


# What one call is counted under, in this order: its device, its address in a minute, its address. None: not counted.
Asks = tuple[Ask | None, Ask | None, Ask | None]


def name_of(scope: str, subject: str, key: bytes) -> bytes:
    """What a subject's counts of one scope are kept under."""
    return hmac.digest(key, f"{scope}\0{subject}".encode(), "sha256")


class DayKey(models.Model):
    """The random key of one day. Once it is deleted, that day's counts name nobody any more."""

    day = models.DateField(unique=True)
    key = EncryptedBytesField()

    @classmethod
    def of(cls, day: date) -> bytes:
        """The day's key, made by whichever process asks first."""
        row, _ = cls.objects.get_or_create(day=day, defaults={"key": os.urandom(32)})
        return bytes(row.key)

    @classmethod
    def over(cls, now: datetime) -> "models.QuerySet[DayKey]":
        """Of days whose counts are gone."""
        return cls.objects.filter(day__lt=(now - timedelta(days=KEY_DAYS)).date())


@lru_cache(maxsize=KEYS_KEPT)
def day_key(day: date) -> bytes:
    """The day's key, kept in this process: without it each count would ask the database first."""
    return DayKey.of(day)


class Count(models.Model):
    """How often one subject did one thing in one fixed window."""

    digest = models.BinaryField(max_length=32)
    window_end = models.DateTimeField(db_index=True)
    hits = models.PositiveIntegerField(default=0)

    class Meta:
        """One row per subject and window."""

        constraints = [models.UniqueConstraint(fields=["digest", "window_end"], name="throttle_once_per_window")]

    @classmethod
    def hit_in_turn(cls, asks: Asks, now: datetime) -> list[int]:
        """Counts one more for each, atomically, up to the first that is over its most: how many each now is, or 0."""
        return _count_in_turn((asks, now))

    @classmethod
    def hit_together(cls, calls: Sequence[Asks], now: datetime) -> list[list[int]]:
        """The same for several calls at once: all their first asks, then the second ones, and so on.

        Each of these is a statement of its own: nobody's row is held while another is counted.
        """
        return in_turn(calls, lambda asks: cls.hit_each(asks, now))

    @classmethod
    def hit_each(cls, asks: Sequence[Ask], now: datetime) -> list[int]:
        """Counts one more for each of the asks, in one statement; how many of its own each now is.

        A hundred phones behind one address write its row once, and each still has its own place in the count.
        """
        windows = {length: Window.at(now, length) for length in {ask.window for ask in asks}}
        rows = [_row_of(ask, windows[ask.window]) for ask in asks]
        # In one order: of two processes that count the same subjects neither waits for the other for ever.
        more = sorted(Counter(rows).items())
        new: list[Row] = [({"digest": digest, "window_end": end}, {"hits": number}) for (digest, end), number in more]
        totals = [total for (total,) in increment_all(cls, new)]
        before = {row: total - number for (row, number), total in zip(more, totals, strict=True)}
        places = []
        for row in rows:
            before[row] += 1
            places.append(before[row])
        return places

    @classmethod
    def over(cls, now: datetime) -> "models.QuerySet[Count]":
        """Of windows that are over: nothing is counted in them any more."""
        return cls.objects.filter(window_end__lt=now)


class Remembered(models.Model):
    """What Django's cache keeps until then: allauth's limits of signing in. See `table_cache`."""

    digest = models.BinaryField(max_length=32, unique=True)
    value = EncryptedTextField()
    until = models.DateTimeField(db_index=True)

    @classmethod
    def over(cls, now: datetime) -> "models.QuerySet[Remembered]":
        """Whose time is over."""
        return cls.objects.filter(until__lt=now)


def _row_of(ask: Ask, current: Window) -> tuple[bytes, datetime]:
    """The digest and the window's end of the row that it is counted in."""
    return name_of(ask.scope, ask.subject, day_key(current.start.date())), current.end


def in_turn(calls: Sequence[Asks], hit_each: Callable[[Sequence[Ask]], Sequence[int]]) -> list[list[int]]:
    """What each call's asks count, or 0: none is counted after the first of its call that is over its most."""
    answers: list[list[int]] = [[] for _ in calls]
    over: set[int] = set()
    for asks in zip(*calls, strict=True):
        counted = {place: ask for place, ask in enumerate(asks) if ask and place not in over}
        hits = dict(zip(counted, hit_each(list(counted.values())), strict=True)) if counted else {}
        over |= {place for place, ask in counted.items() if hits[place] > ask.most}
        for place, answer in enumerate(answers):
            answer.append(hits.get(place, 0))
    return answers


def _count_together(calls: Sequence[tuple[Asks, datetime]]) -> list[list[int]]:
    """A crowd's calls. What they ask at the turn of a window is counted in the newest."""
    return Count.hit_together([asks for asks, _ in calls], max(now for _, now in calls))


_count_in_turn = Grouped(_count_together)
