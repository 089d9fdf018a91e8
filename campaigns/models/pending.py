"""Single deliveries to be tried again. Of an audience by who took part, no row names its device (docs/adr/0035)."""

import hmac
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import BinaryField, ExpressionWrapper, F, Q

from accounts.models import Device
from campaigns.models.alert import Alert
from campaigns.models.batch import LEASE, Batch, free
from campaigns.models.running_total import RunningTotal
from mobilise.fields import EncryptedBytesField, UndecryptableValue, cipher
from mobilise.unordered import fresh_id

# Tried so often, a delivery waits in line with those that were not tried; beyond it, it is one that keeps failing.
FRESH_ATTEMPTS = 1
# Counted so far: more says nothing more, and the column ends at 32,767.
MOST_ATTEMPTS = 1_000
_DEVICE_BYTES = 8


class PendingReason(models.TextChoices):
    """Why a delivery waits."""

    RETRY = "retry"  # the push service said: later
    SLOW_HOST = "slow_host"  # its host would have held up the others
    QUIET_HOURS = "quiet_hours"
    HOST_PAUSED = "host_paused"  # until its host takes messages of ours again
    PROBE = "probe"  # shows whether it does


_NOT_SLOW = (PendingReason.RETRY, PendingReason.QUIET_HOURS, PendingReason.HOST_PAUSED)


class Seal(NamedTuple):
    """What a row has in the place of its device; the number is random, so that its place in line says nothing."""

    id: int
    token: bytes
    sealed: bytes

    @classmethod
    def over(cls, alert: Alert, device_id: int) -> "Seal":
        """Raises ValueError when the action's key was deleted."""
        return cls(fresh_id(), waiting_token(alert, device_id), device_id.to_bytes(_DEVICE_BYTES, "big"))


def waiting_token(alert: Alert, device_id: int) -> bytes:
    """HMAC-SHA-256(the action's own random key, alert and device), another than the participation's."""
    key = alert.action.participation_key
    if key is None:
        raise ValueError("The action's key was deleted: what waits by it can no longer be matched.")
    what = b"waits" + alert.pk.to_bytes(8, "big") + device_id.to_bytes(_DEVICE_BYTES, "big")
    return hmac.digest(key, what, "sha256")


class PendingDeliveryQuerySet(models.QuerySet["PendingDelivery"]):
    """Claiming what is due, and finding what waits for a device."""

    def due(self, now: datetime) -> "PendingDeliveryQuerySet":
        """Their moment has come and nobody holds them."""
        return self.filter(free(now), not_before__lte=now)

    def claim(
        self, alert_id: int, now: datetime, limit: int, most_of_a_host: int | None = None
    ) -> "list[PendingDelivery]":
        """Up to ``limit`` due ones of an alert, now leased to the caller: all of them carry one new random fence.

        Probes come first: all that is parked for their host waits for what they show. Then those tried least, and
        never together with those whose host is slow or that were tried again and again: who hangs does not hold up
        who only waited. Of those that are waited for long, ``most_of_a_host`` go to one host at a time.
        """
        due = self.filter(alert_id=alert_id).due(now)
        fresh = due.filter(attempts__lte=FRESH_ATTEMPTS)
        waited, slow = fresh.filter(reason__in=_NOT_SLOW), fresh.filter(reason=PendingReason.SLOW_HOST)
        hanging = due.filter(attempts__gt=FRESH_ATTEMPTS)
        quick = ((due.filter(reason=PendingReason.PROBE), limit), (waited, limit))
        for group, share in (*quick, (slow, most_of_a_host or limit), (hanging, most_of_a_host or limit)):
            if claimed := self._claim(group, now, limit, share):
                return claimed
        return []

    def _claim(
        self, group: "PendingDeliveryQuerySet", now: datetime, limit: int, share: int
    ) -> "list[PendingDelivery]":
        fence = secrets.randbits(62)
        with transaction.atomic():
            # Those that another worker is claiming in this moment are passed over: it would be the same ones for all.
            rows = group.select_for_update(skip_locked=True).order_by("attempts", "not_before")
            leases = _shared(rows.values_list("pk", "lease_until", "host")[:limit], share)
            if not leases:
                return []
            self.filter(pk__in=leases).update(lease_until=now + LEASE, fence=fence)
            RunningTotal.objects.add_recoveries(int(any(leases.values())))
        return self.filter(pk__in=leases, fence=fence).order_by("device_id").opened()

    def release(self, claimed: "Sequence[PendingDelivery]") -> None:
        """Gives the leases back that are still held, nothing having been done."""
        self.filter(pk__in=[one.pk for one in claimed], fence=claimed[0].fence).update(lease_until=None)

    def opened(self) -> "list[PendingDelivery]":
        """The rows, each with ``whose``: the number of its device, or None when no key opens it."""
        # As it is stored: one that does not open must not keep its neighbours waiting.
        raw = ExpressionWrapper(F("sealed"), output_field=BinaryField(null=True))
        rows = list(self.defer("sealed").annotate(stored=raw))
        for row in rows:
            stored = vars(row).pop("stored")
            row.whose = row.device_id if stored is None else _open(bytes(stored))
        return rows

    def of(self, device: Device) -> "PendingDeliveryQuerySet":
        """All that waits for the device, its name on it or not."""
        return self.filter(Q(device=device) | self._sealed_for(device, self._sealed_alerts()))

    def move(self, gone: Device, keep: Device) -> None:
        """What waits for one device waits for another; what waits for both waits once."""
        alerts = self._sealed_alerts()
        theirs = self.filter(Q(device=keep) | self._sealed_for(keep, alerts)).values_list("alert", flat=True)
        self.filter(Q(device=gone) | self._sealed_for(gone, alerts), alert__in=list(theirs)).delete()
        self.filter(device=gone).update(device=keep)
        for alert in alerts:
            seal = Seal.over(alert, keep.pk)
            mine = self.filter(alert=alert, token=waiting_token(alert, gone.pk))
            mine.update(token=seal.token, sealed=seal.sealed)

    def unlink(self, device: Device) -> None:
        """The device is erased: what waits for it under a seal goes as well."""
        self.filter(self._sealed_for(device, self._sealed_alerts())).delete()

    def _sealed_alerts(self) -> list[Alert]:
        """The alerts with sealed rows that can still be matched: few, as they are under way."""
        # One is without a device: of that PostgreSQL has statistics (mobilise/unsampled.py), of tokens an index.
        waiting = self.filter(token__isnull=False, device=None).order_by().values("alert").distinct()
        keyed = Alert.objects.filter(pk__in=waiting, action__participation_key__isnull=False)
        return list(keyed.select_related("action").order_by("pk"))

    def _sealed_for(self, device: Device, alerts: Iterable[Alert]) -> Q:
        found = Q(pk__in=[])
        for alert in alerts:
            found |= Q(alert=alert, token=waiting_token(alert, device.pk))
        return found

    def held(self, now: datetime) -> "PendingDeliveryQuerySet":
        """Under a lease that holds."""
        return self.exclude(free(now))


def _shared(rows: Iterable[tuple[int, datetime | None, str]], share: int) -> dict[int, datetime | None]:
    """The leases of the first rows, by key: of one host (sealed rows name none) no more than its share."""
    taken: Counter[str] = Counter()
    leases = {}
    for pk, lease_until, host in rows:
        taken[host] += 1
        if taken[host] <= share:
            leases[pk] = lease_until
    return leases


def _open(stored: bytes) -> int | None:
    field = PendingDelivery._meta.get_field("sealed")
    try:
        return int.from_bytes(cipher().decrypt(stored, field.purpose), "big")
    except UndecryptableValue:
        return None


class PendingDelivery(models.Model):
    """One device of one alert, to be tried again later."""

    # Its index is the constraint's.
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="pending", db_index=False)
    # No constraint in the database: a device that is erased in mid-window must not undo the window's checkpoint.
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+", db_constraint=False, null=True)
    # In its place, where the row says that the device took part, or that it did not.
    token = models.BinaryField(max_length=32, null=True)
    sealed = EncryptedBytesField(null=True)
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="pending")
    reason = models.CharField(max_length=12, choices=PendingReason)
    not_before = models.DateTimeField()
    host = models.CharField(max_length=255, default="")  # the push service, as it was when this was noted
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)

    objects = PendingDeliveryQuerySet.as_manager()

    whose: int | None  # set by opened()

    class Meta:
        """Once per device and alert. Indexes: what claims read, whether anything is due, what waits for a host."""

        constraints = [
            models.UniqueConstraint(fields=["alert", "device"], name="pending_once"),
            models.UniqueConstraint(
                fields=["alert", "token"], condition=Q(token__isnull=False), name="pending_once_sealed"
            ),
            models.CheckConstraint(
                name="pending_device_or_seal",
                condition=Q(device__isnull=False, token=None, sealed=None)
                | Q(device=None, token__isnull=False, sealed__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["alert", "reason", "attempts", "not_before"], name="pending_alert_due"),
            models.Index(fields=["alert", "not_before"], name="pending_alert_moment"),
            models.Index(fields=["host", "attempts"], name="pending_parked", condition=Q(reason="host_paused")),
            models.Index(fields=["alert"], name="pending_probes", condition=Q(reason="probe")),
        ]

    @property
    def is_sealed(self) -> bool:
        """Whether it names no device."""
        return self.device_id is None
