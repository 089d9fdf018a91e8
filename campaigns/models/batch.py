"""The rows that delivery works from: batches under a lease, and single deliveries to be tried again."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Case, F, Q, When

from accounts.models import Device
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
            rows = list(self.filter(pk__in=counts).select_for_update().order_by("pk").values_list("pk", flat=True))
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

    def checkpoint(self, cursor: int, counts: Mapping[str, int], now: datetime) -> bool:
        """Moves the cursor, adds the counts, renews the lease (or gives it back at the end).

        False when the fence says that somebody else holds the batch: the caller's work on it is void.
        """
        done = cursor >= self.last_device
        added = {name: F(name) + count for name, count in counts.items()}
        lease = None if done else now + LEASE
        mine = Batch.objects.filter(pk=self.pk, fence=self.fence)
        if not mine.update(cursor=cursor, lease_until=lease, **added):
            return False
        self.cursor, self.lease_until = cursor, lease
        return True

    def release(self) -> None:
        """Gives the lease back, if it is still held."""
        Batch.objects.filter(pk=self.pk, fence=self.fence).update(lease_until=None)


# Tried so often, a delivery waits in line with those that were not tried; beyond it, it is one that keeps failing.
FRESH_ATTEMPTS = 1


class PendingReason(models.TextChoices):
    """Why a delivery waits."""

    RETRY = "retry"  # the push service said: later
    SLOW_HOST = "slow_host"  # its host would have held up the others
    QUIET_HOURS = "quiet_hours"
    HOST_PAUSED = "host_paused"  # until its host takes messages of ours again
    PROBE = "probe"  # shows whether it does


_NOT_SLOW = (PendingReason.RETRY, PendingReason.QUIET_HOURS, PendingReason.HOST_PAUSED)


class PendingDeliveryQuerySet(models.QuerySet["PendingDelivery"]):
    """Claiming what is due."""

    def due(self, now: datetime) -> "PendingDeliveryQuerySet":
        """Their moment has come and nobody holds them."""
        return self.filter(free(now), not_before__lte=now)

    def claim(self, alert_id: int, now: datetime, limit: int) -> "list[PendingDelivery]":
        """Up to ``limit`` due ones of an alert, now leased to the caller: all of them carry one new random fence.

        Probes come first: all that is parked for their host waits for what they show. Then those tried least, and
        never together with those whose host is slow or that were tried again and again: who hangs does not hold up
        who only waited.
        """
        due = self.filter(alert_id=alert_id).due(now)
        fresh = due.filter(attempts__lte=FRESH_ATTEMPTS)
        waited, slow = fresh.filter(reason__in=_NOT_SLOW), fresh.filter(reason=PendingReason.SLOW_HOST)
        for group in (due.filter(reason=PendingReason.PROBE), waited, slow, due.filter(attempts__gt=FRESH_ATTEMPTS)):
            if claimed := self._claim(group, now, limit):
                return claimed
        return []

    def _claim(self, group: "PendingDeliveryQuerySet", now: datetime, limit: int) -> "list[PendingDelivery]":
        fence = secrets.randbits(62)
        with transaction.atomic():
            # Those that another worker is claiming in this moment are passed over: it would be the same ones for all.
            rows = group.select_for_update(skip_locked=True).order_by("attempts", "not_before")
            leases = dict(rows.values_list("pk", "lease_until")[:limit])
            if not leases:
                return []
            self.filter(pk__in=leases).update(lease_until=now + LEASE, fence=fence)
            RunningTotal.objects.add_recoveries(int(any(leases.values())))
        return list(self.filter(pk__in=leases, fence=fence).order_by("device_id"))

    def move(self, gone: Device, keep: Device) -> None:
        """What waits for one device waits for another; what waits for both waits once."""
        self.filter(device=gone, alert__in=list(self.filter(device=keep).values_list("alert", flat=True))).delete()
        self.filter(device=gone).update(device=keep)

    def held(self, now: datetime) -> "PendingDeliveryQuerySet":
        """Under a lease that holds."""
        return self.exclude(free(now))


class PendingDelivery(models.Model):
    """One device of one alert, to be tried again later."""

    # Its index is the constraint's.
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="pending", db_index=False)
    # No constraint in the database: a device that is erased in mid-window must not undo the window's checkpoint.
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="pending")
    reason = models.CharField(max_length=12, choices=PendingReason)
    not_before = models.DateTimeField()
    host = models.CharField(max_length=255, default="")  # the push service, as it was when this was noted
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)

    objects = PendingDeliveryQuerySet.as_manager()

    class Meta:
        """Once per device and alert. Indexes: what claims read, whether anything is due, what waits for a host."""

        constraints = [models.UniqueConstraint(fields=["alert", "device"], name="pending_once")]
        indexes = [
            models.Index(fields=["alert", "reason", "attempts", "not_before"], name="pending_alert_due"),
            models.Index(fields=["alert", "not_before"], name="pending_alert_moment"),
            models.Index(fields=["host", "attempts"], name="pending_parked", condition=Q(reason="host_paused")),
            models.Index(fields=["alert"], name="pending_probes", condition=Q(reason="probe")),
        ]
