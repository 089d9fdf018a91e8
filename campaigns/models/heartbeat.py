"""When each part of the house was last heard of."""

from datetime import datetime, timedelta

from django.db import models

# Often enough to notice a silence within seconds, seldom enough to cost nothing.
BEAT_EVERY = timedelta(seconds=2)


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    """Beating."""

    def beat(self, name: str, now: datetime) -> None:
        """Notes that ``name`` lives."""
        self.update_or_create(name=name, defaults={"at": now})


class Heartbeat(models.Model):
    """One part of the house, and when it was last heard of."""

    name = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()
