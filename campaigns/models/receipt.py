"""What phones report of alerts: counted once, naming nobody."""

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models.alert import Alert
from campaigns.models.tally import SHARDS
from mobilise.counters import increment_all
from mobilise.inserting import insert_new

# The columns of a row that is made: alert's id, event, nonce.
ROW = ("alert_id", "event", "nonce")
Row = tuple[int, str, bytes]
# After the alert's window. By what is kept of nonces a repeat is known: once they are deleted each could count again.
REPORTED_FOR = timedelta(days=min(1, settings.RETENTION_DAYS))


class Report(NamedTuple):
    """What one phone says."""

    alert: UUID
    event: str
    nonce: bytes


class ReceiptEvent(models.TextChoices):
    """What a phone says became of an alert."""

    SHOWN = "shown", _("shown")
    OPENED = "opened", _("opened")
    NOT_SHOWN = "not_shown", _("could not be shown")


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Counting receipts once."""

    def record(self, alert: UUID, event: str, nonce: bytes) -> bool | None:
        """Counts the event if this nonce has not reported it yet, and says so. None: there is no such alert.

        What comes REPORTED_FOR after the alert's window counts no more.
        """
        return self.record_together([Report(alert, event, nonce)])[0]

    def record_together(self, reports: Sequence[Report]) -> list[bool | None]:
        """The same for several at once, in one transaction."""
        return _record_together(reports)


class Receipt(models.Model):
    """A nonce that was used for an event. Random, and stored beside nothing that names a device."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="receipts")
    event = models.CharField(max_length=9, choices=ReceiptEvent)
    nonce = models.BinaryField(max_length=16)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        """Once per nonce and event."""

        constraints = [models.UniqueConstraint(fields=["alert", "event", "nonce"], name="receipt_once")]


class ReceiptCount(models.Model):
    """How many phones reported an event of an alert."""

    alert_id = models.BigIntegerField()
    event = models.CharField(max_length=9, choices=ReceiptEvent)
    shard = models.PositiveSmallIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        """One row per event and shard."""

        constraints = [models.UniqueConstraint(fields=["alert_id", "event", "shard"], name="receipt_count_once")]


def _record_together(reports: Sequence[Report]) -> list[bool | None]:
    """Counts those that are new, in one transaction."""
    with transaction.atomic():
        uuids = {report.alert for report in reports}
        since = timezone.now() - REPORTED_FOR
        found = _alerts().filter(uuid__in=uuids)
        alerts = {uuid: (pk if expires_at > since else None) for uuid, pk, expires_at in found}
        rows = [(pk, report.event, report.nonce) for report in reports if (pk := alerts.get(report.alert))]
        # In one order: of two processes with the same reports neither waits for the other for ever.
        told = insert_new(Receipt, ROW, sorted(set(rows)), ROW)
        new = {(alert, event, bytes(nonce)) for alert, event, nonce in told}
        _count(new)
    return [_was_new(report, alerts, new) for report in reports]


@cache
def _alerts() -> "models.QuerySet[Alert, tuple[UUID, int, datetime]]":
    """The query, made once: to make it costs more than to ask it."""
    return Alert.objects.order_by().values_list("uuid", "pk", "expires_at")


def _was_new(report: Report, alerts: Mapping[UUID, int | None], new: set[Row]) -> bool | None:
    """The same report twice is new once; one of an alert that is long over is not."""
    if report.alert not in alerts:
        return None
    pk = alerts[report.alert]
    if pk is None:
        return False
    row = (pk, report.event, report.nonce)
    found = row in new
    new.discard(row)
    return found


def _count(new: Collection[Row]) -> None:
    shard = random.randrange(SHARDS)  # noqa: S311  # spreads load
    sums = Counter((alert, event) for alert, event, _nonce in new)
    increment_all(
        ReceiptCount,
        [
            ({"alert_id": alert, "event": event, "shard": shard}, {"total": number})
            for (alert, event), number in sorted(sums.items())
        ],
    )
