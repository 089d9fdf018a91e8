"""What phones report of alerts: counted once, naming nobody."""

import random
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from campaigns.models.alert import Alert
from campaigns.models.participation import SHARDS
from mobilise.counters import increment


class ReceiptEvent(models.TextChoices):
    """What a phone says became of an alert."""

    SHOWN = "shown", _("shown")
    OPENED = "opened", _("opened")
    NOT_SHOWN = "not_shown", _("could not be shown")


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Counting receipts once."""

    def record(self, alert: Alert, event: str, nonce: bytes) -> bool:
        """Counts the event if this nonce has not reported it yet."""
        with transaction.atomic():
            _, new = self.get_or_create(alert=alert, event=event, nonce=nonce)
            if new:
                keys: dict[str, Any] = {"alert_id": alert.pk, "event": event}
                increment(ReceiptCount, {**keys, "shard": random.randrange(SHARDS)}, {"total": 1})  # noqa: S311
        return new


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
