"""What the push services answered, counted by batch, host, answer and time: for charts, reasons and metrics."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.db import models
from django.db.models import Q

from campaigns.models.batch import Batch
from mobilise.counters import increment_all

BUCKET_SECONDS = 5


def bucket_of(moment: datetime) -> datetime:
    """The start of the 5 seconds that ``moment`` falls into."""
    seconds = int(moment.timestamp()) // BUCKET_SECONDS * BUCKET_SECONDS
    return datetime.fromtimestamp(seconds, UTC)


class DeliveryTallyQuerySet(models.QuerySet["DeliveryTally"]):
    """Counting."""

    def add(self, answers: Mapping[tuple[int, str, str], int], now: datetime) -> None:
        """Adds {(batch id, host, answer): number}, in one statement."""
        at = bucket_of(now)
        rows = [
            ({"batch_id": batch_id, "host": host, "answer": answer, "at": at}, {"count": number})
            for (batch_id, host, answer), number in sorted(answers.items())
        ]
        increment_all(self.model, rows)


class DeliveryTally(models.Model):
    """How often a host gave one answer to the messages of one batch, within 5 seconds.

    By batch, not by alert: a batch has one holder, so that two workers never wait for each other's row. Of an alert by
    who took part all answers are one batch's, and no host's.
    """

    # No constraint in the database: an answer stays counted when its alert is deleted.
    batch = models.ForeignKey(Batch, on_delete=models.DO_NOTHING, related_name="tallies", db_constraint=False)
    host = models.CharField(max_length=255)  # "" where it would say who took part
    answer = models.CharField(max_length=12)  # the HTTP status, or the word for what went wrong instead
    at = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
    totalled = models.BooleanField(default=False, db_default=False)  # is in the running totals

    objects = DeliveryTallyQuerySet.as_manager()

    class Meta:
        """One row per answer and moment. The index is what is read when metrics are."""

        constraints = [models.UniqueConstraint(fields=["batch", "host", "answer", "at"], name="delivery_tally_once")]
        indexes = [models.Index(fields=["at"], name="delivery_tally_fresh", condition=Q(totalled=False))]
