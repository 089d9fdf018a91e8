"""Devices: one installation of the app, always anonymous."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from mobilise import languages
from mobilise.grouped import Grouped
from mobilise.prepared import Prepared
from mobilise.time_zones import time_zones

SECRET_BYTES = 32
TIE_CODE_LIFETIME = timedelta(minutes=15)


class LockScreen(models.TextChoices):
    """What a notification shows while the phone is locked."""

    AUTO = "auto", _("solidarity alerts discreet, the rest in full")
    DISCREET = "discreet", _("always discreet")
    FULL = "full", _("always in full")


def digest_secret(secret: str) -> str:
    """What the database holds of a random secret: 64 hex digits. It is long and random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def validate_time_zone(value: str) -> None:
    """Raises ValidationError unless it is an IANA zone."""
    if value not in time_zones():
        raise ValidationError(_("“%(zone)s” is not a time zone."), params={"zone": value[:60]}, code="invalid")


class DeviceCookie(NamedTuple):
    """What a cookie says, "<uuid hex>.<secret>": the device's name, and the digest of its secret."""

    name: UUID
    digest: str

    @classmethod
    def read(cls, value: str) -> "DeviceCookie | None":
        """None if no device of ours has one like it."""
        name, _, secret = value.partition(".")
        try:
            return cls(UUID(hex=name), digest_secret(secret))
        except ValueError:
            return None


class Caller(NamedTuple):
    """Of a device that calls, what has to be known of it to take part."""

    pk: int
    last_seen: date
    verified_on: date | None


class DeviceQuerySet(models.QuerySet["Device"]):
    """Finding devices by what their cookie says."""

    def from_cookie(self, cookie: str) -> "Device | None":
        """The device whose cookie this is, or None."""
        said = DeviceCookie.read(cookie)
        device = _find(said.name) if said else None
        if said and device and constant_time_compare(device.secret_digest, said.digest):
            return device
        return None

    def callers(self, cookies: Sequence[DeviceCookie]) -> list[Caller | None]:
        """Those whose cookies these are, in one statement."""
        known = _known_of_callers.rows({cookie.name for cookie in cookies})
        found = {name: (digest, Caller(pk, seen, verified)) for name, digest, pk, seen, verified in known}
        return [_proved(cookie, *found.get(cookie.name, ("", None))) for cookie in cookies]

    def see(self, callers: Iterable[Caller], today: date) -> None:
        """Notes the day, once a day, in one statement."""
        if new := sorted(caller.pk for caller in callers if caller.last_seen != today):
            self.filter(pk__in=new).update(last_seen=today)

    def hold(self, device: "Device") -> bool:
        """Locks the row for the caller's transaction. False when it went, or became another phone's, meanwhile."""
        return self.select_for_update().filter(pk=device.pk, uuid=device.uuid).exists()

    def make(self, *, language: str, time_zone: str, today: date, keep_cards: bool = True) -> "tuple[Device, str]":
        """A new anonymous device and its cookie's value, which is never stored."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        device = self.create(
            secret_digest=digest_secret(secret),
            language=language,
            time_zone=time_zone,
            keep_cards=keep_cards,
            first_seen=today,
            last_seen=today,
        )
        return device, f"{device.uuid.hex}.{secret}"


class Device(models.Model):
    """One browser or installed app. Nothing links it to a person."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    secret_digest = models.CharField(max_length=64)
    language = models.CharField(max_length=10, choices=languages.choices, default=settings.LANGUAGE_CODE)
    time_zone = models.CharField(max_length=60, default="Europe/Paris", validators=[validate_time_zone])
    quiet_start = models.TimeField(null=True, blank=True)
    quiet_end = models.TimeField(null=True, blank=True)
    lock_screen = models.CharField(max_length=10, choices=LockScreen, default=LockScreen.AUTO)
    keep_cards = models.BooleanField(default=True)
    departement = models.CharField(max_length=3, blank=True)
    first_seen = models.DateField()
    last_seen = models.DateField(db_index=True)
    # Of its subscription; read along with whom a cookie names, and with nobody else.
    verified_on: date | None

    objects = DeviceQuerySet.as_manager()

    class Meta:
        """Both ends of the quiet hours, or none."""

        constraints = [
            models.CheckConstraint(
                name="device_quiet_hours_whole",
                condition=models.Q(quiet_start=None, quiet_end=None)
                | models.Q(quiet_start__isnull=False, quiet_end__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"device {self.pk}"

    @property
    def quiet_hours(self) -> tuple[time, time] | None:
        """(start, end) in the device's own zone, or None."""
        if self.quiet_start is None or self.quiet_end is None:
            return None
        return self.quiet_start, self.quiet_end

    def seen(self, today: date) -> None:
        """Notes the day, once a day."""
        if self.last_seen != today:
            Device.objects.filter(pk=self.pk).update(last_seen=today)
            self.last_seen = today


KNOWN_OF_CALLERS = ("uuid", "secret_digest", "pk", "last_seen", "subscription__verified_on")
_known_of_callers = Prepared(
    lambda uuids: Device.objects.filter(uuid__in=uuids).order_by().values_list(*KNOWN_OF_CALLERS)
)


def _proved(cookie: DeviceCookie, digest: str, caller: Caller | None) -> Caller | None:
    return caller if caller and constant_time_compare(digest, cookie.digest) else None


def _find_together(names: Sequence[UUID]) -> list[Device | None]:
    """The devices of a crowd, in one statement; each asker's own, as who asks may change it."""
    rows = Device.objects.annotate(proved_on=models.F("subscription__verified_on")).filter(uuid__in=set(names))
    for device in rows:
        device.verified_on = vars(device).pop("proved_on")
    found: dict[UUID, Device] = {device.uuid: device for device in rows}
    return [copy(found.get(name)) for name in names]


_find = Grouped(_find_together)


class OrganiserDevice(models.Model):
    """A device that an organiser tied to their own account, for test alerts and approvals."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="tie")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tied_devices")
    tied_on = models.DateField()


class TieCodeQuerySet(models.QuerySet["TieCode"]):
    """Making and redeeming codes."""

    def make(self, user: User, now: datetime) -> str:
        """A one-use code, as it is typed or scanned; it replaces the organiser's earlier ones."""
        self.filter(user=user).delete()
        code = secrets.token_urlsafe(16)
        self.create(user=user, digest=digest_secret(code), expires_at=now + TIE_CODE_LIFETIME)
        return code

    def redeem(self, code: str, device: Device, now: datetime) -> User | None:
        """Ties the device to the code's organiser, once. None when the code is unknown, used or too old."""
        row = self.filter(digest=digest_secret(code), expires_at__gt=now).select_related("user").first()
        if row is None or not self.filter(pk=row.pk).delete()[0]:
            return None
        OrganiserDevice.objects.update_or_create(device=device, defaults={"user": row.user, "tied_on": now.date()})
        return row.user


class TieCode(models.Model):
    """A one-use code that ties a phone to an organiser's account."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    objects = TieCodeQuerySet.as_manager()
