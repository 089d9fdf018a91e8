"""The throttle's rows: a random key for each day, and counts under keys that only that day's key can make."""

import hmac
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db import models

from mobilise.counters import Row, increment_all
from mobilise.fields import EncryptedBytesField
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
    def hit(cls, scope: str, subject: str, now: datetime, window: timedelta) -> tuple[int, float]:
        """Counts one more, atomically. Returns (hits in this window, seconds until it ends)."""
        current = Window.at(now, window)
        digest = name_of(scope, subject, day_key(current.start.date()))
        return _count((digest, current.end)), current.seconds_left

    @classmethod
    def over(cls, now: datetime) -> "models.QuerySet[Count]":
        """Of windows that are over: nothing is counted in them any more."""
        return cls.objects.filter(window_end__lt=now)


def _count_all(hits: Sequence[tuple[bytes, datetime]]) -> list[int]:
    """Counts one more for each (digest, end of its window), in one statement; how many of its own each now is.

    A hundred phones behind one address write its row once, and each still has its own place in the count.
    """
    # In one order: of two processes that count the same subjects neither waits for the other for ever.
    more = sorted(Counter(hits).items())
    rows: list[Row] = [({"digest": digest, "window_end": end}, {"hits": number}) for (digest, end), number in more]
    before = {hit: total - number for (hit, number), (total,) in zip(more, increment_all(Count, rows), strict=True)}
    places = []
    for hit in hits:
        before[hit] += 1
        places.append(before[hit])
    return places


_count = Grouped(_count_all)
