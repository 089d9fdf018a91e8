"""Batches: ranges of followers under a lease."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Case, F, Q, When

from campaigns.models.alert import Alert
from campaigns.models.running_total import RunningTotal

# A window takes 2 s and a lane 8 s at most, and then SQLite may wait 20 s for its lock: the lease outlasts both.
LEASE = timedelta(seconds=30)
# Two workers read the clock at different moments; only what is far beyond a lease is a clock that was set back.
LONGEST_LEASE = 2 * LEASE


class Count(models.TextChoices):
    """What can become of one subscription of one alert; each is a column of the batch."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    GONE = "gone"
    FAILED = "failed"  # no answer that counts until the window was over
    QUIET = "quiet"  # quiet hours last longer than the alert is useful
    SKIPPED = "skipped"  # no longer following, kind no longer wanted, not in the audience
    UNREACHABLE = "unreachable"  # no subscription to send to
    POISONED = "poisoned"  # a row that cannot be read or encrypted for


def free(now: datetime) -> Q:
    """Rows without a lease that holds. A lease longer than a lease can be is a clock set back: run out."""
    return Q(lease_until=None) | Q(lease_until__lte=now) | Q(lease_until__gt=now + LONGEST_LEASE)


class BatchQuerySet(models.QuerySet["Batch"]):
    """Claiming and checking in, each one conditional UPDATE."""

    def unfinished(self) -> "BatchQuerySet":
        """With followers left to read."""
        return self.filter(cursor__lt=F("last_device"))

    def claimable(self, now: datetime) -> "BatchQuerySet":
        """Unfinished, and nobody holds it."""
        return self.unfinished().filter(free(now))

    def add_counts(self, counts: Mapping[int, Mapping[str, int]]) -> None:
        """Adds what became of postponed deliveries to the batches they came from: {batch id: {count: number}}.

        Two statements however many batches, inside the caller's transaction.
        """
        added = {
            name: F(name) + Case(*(When(pk=pk, then=numbers.get(name, 0)) for pk, numbers in counts.items()), default=0)
            for name in Count.values
            if any(numbers.get(name) for numbers in counts.values())
        }
        if added:
            # In one order: two workers that lock the same rows in different order would wait for each other.
            # No stronger than the update: who makes rows wait that point at a batch does not wait for this.
            held = self.filter(pk__in=counts).select_for_update(no_key=True).order_by("pk")
            rows = list(held.values_list("pk", flat=True))
            self.filter(pk__in=rows).update(**added)

    def held(self, now: datetime) -> "BatchQuerySet":
        """Unfinished, under a lease that holds."""
        return self.unfinished().exclude(free(now))

    def claim(self, alert_id: int, now: datetime) -> "Batch | None":
        """The first free batch of an alert, now leased to the caller; None when none is free."""
        while batch := self.filter(alert_id=alert_id).claimable(now).order_by("pk").first():
            mine = self.filter(pk=batch.pk, fence=batch.fence).claimable(now)
            if mine.update(lease_until=now + LEASE, fence=batch.fence + 1):
                RunningTotal.objects.add_recoveries(int(batch.lease_until is not None))
                batch.lease_until, batch.fence = now + LEASE, batch.fence + 1
                return batch
        return None


class Batch(models.Model):
    """A range of followers that one worker sends one alert to, under a lease."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="batches")
    first_device = models.BigIntegerField()
    last_device = models.BigIntegerField()
    cursor = models.BigIntegerField()  # the last device that is dealt with
    lease_until = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    gone = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    quiet = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    unreachable = models.PositiveIntegerField(default=0)
    poisoned = models.PositiveIntegerField(default=0)

    objects = BatchQuerySet.as_manager()

    class Meta:
        """The index is what claims read."""

        indexes = [models.Index(fields=["alert", "lease_until"], name="batch_alert_lease")]

    @property
    def counted_at(self) -> int:
        """The batch that holds its counts: itself, or the one for all of its alert."""
        return self.alert.counted_at or self.pk

    def checkpoint(self, cursor: int, counts: Mapping[str, int], now: datetime) -> bool:
        """Moves the cursor, adds the counts, renews the lease (or gives it back at the end).

        False when the fence says that somebody else holds the batch: the caller's work on it is void.
        """
        done, own = cursor >= self.last_device, self.counted_at == self.pk
        added = {name: F(name) + count for name, count in counts.items() if own}
        lease = None if done else now + LEASE
        mine = Batch.objects.filter(pk=self.pk, fence=self.fence)
        if not mine.update(cursor=cursor, lease_until=lease, **added):
            return False
        if not own:
            Batch.objects.add_counts({self.counted_at: counts})
        self.cursor, self.lease_until = cursor, lease
        return True

    def release(self) -> None:
        """Gives the lease back, if it is still held."""
        Batch.objects.filter(pk=self.pk, fence=self.fence).update(lease_until=None)
