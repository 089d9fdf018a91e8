"""Canaries: phones of the operator's own, which get a quiet message on a schedule and report that they showed it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import models
from django.db.models import F, Q

from accounts.models import Device


class CanaryQuerySet(models.QuerySet["Canary"]):
    """Naming, ringing, and hearing from them."""

    def name_only(self, uuids: Sequence[UUID]) -> list[UUID]:
        """Makes these devices canaries, and no others. Returns those that are no device here."""
        self.exclude(device__uuid__in=uuids).delete()
        known = dict(Device.objects.filter(uuid__in=uuids).values_list("uuid", "pk"))
        self.bulk_create([Canary(device_id=pk) for pk in known.values()], ignore_conflicts=True)
        return [uuid for uuid in uuids if uuid not in known]

    def ring(self, now: datetime, period: timedelta) -> list[int]:
        """The keys of those that are to get a message now; each is given to one caller only, once per period."""
        # The last: a clock that was set back must not silence them.
        due = self.filter(Q(rung_at=None) | Q(rung_at__lte=now - period) | Q(rung_at__gt=now))
        rung = []
        for pk, before in list(due.values_list("pk", "rung_at")):
            values = {"rung_at": now}
            if before is None or not timedelta(0) <= now - before < 2 * period:
                # Nobody rang for a while: what was not asked for cannot have come.
                values["awaited_since"] = now
            if due.filter(pk=pk).update(**values):
                rung.append(pk)
        return rung

    def receive(self, message: UUID, now: datetime) -> None:
        """Notes that the phone showed this message, once."""
        self.filter(message=message, reported=False).update(reported=True, received_at=now)


class Canary(models.Model):
    """One such phone, and what is known of its last message."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="+")
    rung_at = models.DateTimeField(null=True)  # when the scheduler last asked for a message
    awaited_since = models.DateTimeField(null=True)  # since when it was asked for without a gap
    message = models.UUIDField(null=True, unique=True)
    sent_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=12, blank=True)  # of the push service
    reported = models.BooleanField(default=False)
    received_at = models.DateTimeField(null=True)

    objects = CanaryQuerySet.as_manager()

    def begin_message(self, now: datetime) -> bool:
        """Takes a new message's id, if one was asked for and nobody took it. A doorbell heard late does nothing."""
        message = uuid4()
        asked = Q(sent_at=None) | Q(sent_at__lt=F("rung_at")) | Q(sent_at__gt=now)
        mine = Canary.objects.filter(asked, pk=self.pk)
        if not mine.update(message=message, sent_at=now, answer="", reported=False):
            return False
        self.message, self.sent_at = message, now
        return True

    def silent_for(self, now: datetime) -> timedelta:
        """How long no receipt has come while one was waited for."""
        heard = [moment for moment in (self.received_at, self.awaited_since) if moment]
        return max(now - max(heard), timedelta(0)) if heard else timedelta(0)
