"""Push services that refuse us: paused with an alarm, tried with a few messages, resumed once they answer well."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

# Between two tries of a paused host.
PROBE_EVERY = timedelta(seconds=10)
# A worker that read of the pause just before its end may still park a window of deliveries for so long.
WAKING = timedelta(minutes=1)


class PushHostQuerySet(models.QuerySet["PushHost"]):
    """Pausing and resuming, each a conditional UPDATE."""

    def paused(self) -> "PushHostQuerySet":
        """Those that are not sent to."""
        return self.filter(paused_until__isnull=False)

    def to_probe(self, now: datetime) -> "PushHostQuerySet":
        """Paused, and due for another try. A moment further off than one can be is a clock that was set back."""
        return self.paused().filter(Q(paused_until__lte=now) | Q(paused_until__gt=now + 2 * PROBE_EVERY))

    def waking(self, now: datetime) -> "PushHostQuerySet":
        """Resumed a moment ago: what was parked for them is sent."""
        return self.filter(paused_until=None, changed_at__gt=now - WAKING)

    def pause(self, host: str, now: datetime, alarm: str) -> bool:
        """From now on it gets a few messages now and then, until they are answered well. False if it was paused."""
        paused = {"paused_until": now + PROBE_EVERY, "changed_at": now, "alarm": alarm}
        _, made = self.get_or_create(host=host, defaults=paused)
        return made or bool(self.filter(host=host, paused_until=None).update(**paused))

    def resume(self, host: str, now: datetime) -> bool:
        """It is sent to again, and within seconds all that was parked for it. False if it was not paused."""
        return bool(self.paused().filter(host=host).update(paused_until=None, changed_at=now, alarm=""))

    def take_probe(self, host: str, now: datetime) -> bool:
        """The caller is the one who tries it now."""
        return bool(self.to_probe(now).filter(host=host).update(paused_until=now + PROBE_EVERY))


class PushHost(models.Model):
    """A push service that is or was not sent to, and why. Paused as long as `paused_until` holds a moment."""

    host = models.CharField(max_length=255, unique=True)
    paused_until = models.DateTimeField(null=True)  # the next try; it ends the pause if it goes well
    changed_at = models.DateTimeField(null=True)  # when it was paused, or resumed
    alarm = models.CharField(max_length=200, blank=True)

    objects = PushHostQuerySet.as_manager()
