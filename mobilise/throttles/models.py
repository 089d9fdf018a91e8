"""The throttle's rows: a random key for each day, and counts under keys that only that day's key can make."""

import hmac
import os
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import models

from mobilise.counters import increment
from mobilise.fields import EncryptedBytesField

KEY_DAYS = 2


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
        digest = name_of(scope, subject, DayKey.of(current.start.date()))
        hits = increment(cls, {"digest": digest, "window_end": current.end}, {"hits": 1})["hits"]
        return hits, current.seconds_left

    @classmethod
    def prune(cls, now: datetime) -> None:
        """Deletes what is over, the days' keys included."""
        cls.objects.filter(window_end__lt=now).delete()
        DayKey.objects.filter(day__lt=(now - timedelta(days=KEY_DAYS)).date()).delete()
