"""When each part of the house was last heard of."""

from datetime import datetime, timedelta

from django.db import models

# Often enough to notice a silence within seconds, seldom enough to cost nothing.
BEAT_EVERY = timedelta(seconds=2)
SCHEDULER = "scheduler"
RETRIES = "retries"  # a worker of that queue, with each lane that it has sent


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """Beating."""

    def beat(self, name: str, now: datetime) -> None:
        """Notes that ``name`` lives, in one statement."""
        row = Heartbeat(name=name, at=now)
        self.bulk_create([row], update_conflicts=True, unique_fields=["name"], update_fields=["at"])

    def heard(self, name: str) -> datetime | None:
        """When ``name`` was last heard of; None: never."""
        return self.filter(name=name).values_list("at", flat=True).first()


class Heartbeat(models.Model):
    """One part of the house, and when it was last heard of."""

    name = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()


class Pulse:
    """Beats for one part, at most every BEAT_EVERY: it may be asked to as often as one likes."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._last: datetime | None = None

    def beat(self, now: datetime) -> None:
        """Notes that the part lives, if that was not noted just now. A clock that was set back silences nothing."""
        if self._last is None or abs(now - self._last) >= BEAT_EVERY:
            Heartbeat.objects.beat(self._name, now)
            self._last = now
