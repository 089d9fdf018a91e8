"""A claim: one official is one caller's alone, for some hours."""

import hmac
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from accounts.models import Device
from campaigns.models.action import Action
from campaigns.models.outreach.action import MOST_CLAIM_HOURS, Outreach
from campaigns.models.outreach.officials import ContactRecord, Official
from campaigns.models.transitions import move


class ClaimState(models.TextChoices):
    """active -> reported | given back | ran out; ran out -> reported: who called all the same says so later."""

    ACTIVE = "active"
    REPORTED = "reported"
    GIVEN_BACK = "given_back"
    RAN_OUT = "ran_out"


# Longer than a claim can be, though the clocks of two machines differ a little.
TOO_LONG = timedelta(hours=MOST_CLAIM_HOURS + 1)
UNREPORTED = (ClaimState.GIVEN_BACK, ClaimState.RAN_OUT)


def holder_token(action: Action, device_id: int) -> bytes:
    """HMAC-SHA-256(the action's own random key, device), another than the participation's. Raises ValueError."""
    if action.participation_key is None:
        raise ValueError("The action's key was deleted: its claims can no longer be matched.")
    return hmac.digest(action.participation_key, b"claim" + device_id.to_bytes(8, "big"), "sha256")


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Taking, and what becomes of it by itself."""

    def sweep(self, now: datetime) -> int:
        """What ran out is free again; so is what lasts longer than a claim can: the clock was set back."""
        held = self.filter(state=ClaimState.ACTIVE)
        over = held.filter(lease_until__lte=now).update(state=ClaimState.RAN_OUT, ended_at=F("lease_until"))
        return over + held.filter(lease_until__gt=now + TOO_LONG).update(state=ClaimState.RAN_OUT, ended_at=now)

    def running(self, now: datetime) -> "ClaimQuerySet":
        """Those that hold an official now."""
        return self.filter(state=ClaimState.ACTIVE, lease_until__gt=now)

    def of(self, outreach: Action, device: Device) -> "ClaimQuerySet":
        """This device's claims in the outreach. None once the action's key is deleted."""
        if outreach.participation_key is None:
            return self.none()
        return self.filter(outreach_id=outreach.pk, holder=holder_token(outreach, device.pk))

    def take(
        self,
        outreach: Outreach,
        device: Device,
        candidates: Sequence[int],
        *,
        now: datetime,
        until: datetime,
        verified: bool = False,
    ) -> "Claim | None":
        """The first of these officials (ids) that is still free, or what the device holds already; else None."""
        fields = {"outreach": outreach, "holder": holder_token(outreach, device.pk), "verified": verified}
        officials = Official.objects.only("pk", "record_id").in_bulk(candidates)
        for pk in candidates:
            claim = self._try(officials[pk], now, lease_until=until, **fields) if pk in officials else None
            if claim is None:
                # Two taps at once: the first has won.
                claim = self.of(outreach, device).running(now).first()
            if claim is not None:
                return claim
        return None

    def _try(self, official: Official, now: datetime, **fields: Any) -> "Claim | None":
        try:
            with transaction.atomic():
                claim = self.create(official=official, record_id=official.record_id, **fields)
                # Once the claim is ours nobody else contacts them: what was looked up before may be old by now.
                today = _today(claim.outreach, now)
                if not Official.objects.contactable(now, today).filter(pk=official.pk).exists():
                    raise _NotFree
                return claim
        except (IntegrityError, _NotFree):
            return None

    def move(self, gone: Device, keep: Device, now: datetime) -> None:
        """One device's claims become another's. Whoever held two officials holds the one taken last."""
        self.sweep(now)
        outreaches = list(Outreach.objects.filter(participation_key__isnull=False))
        theirs = [self.of(outreach, device) for outreach in outreaches for device in (gone, keep)]
        held = [claim.pk for claims in theirs for claim in claims.filter(state=ClaimState.ACTIVE)]
        earlier = self.filter(pk__in=sorted(held)[:-1], state=ClaimState.ACTIVE)
        earlier.update(state=ClaimState.GIVEN_BACK, ended_at=now)
        for outreach in outreaches:
            self.of(outreach, gone).update(holder=holder_token(outreach, keep.pk))

    def unlink(self, device: Device) -> None:
        """The device is erased: its claims go, and what it holds is free again. What was reported stays."""
        for outreach in Outreach.objects.filter(participation_key__isnull=False):
            self.of(outreach, device).delete()


class _NotFree(Exception):
    """Somebody was faster."""


def _today(outreach: Outreach, now: datetime) -> date:
    return now.astimezone(outreach.zone).date()


class Claim(models.Model):
    """Who calls an official now: a token that the action's key alone explains. Deleted a day after its end."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    outreach = models.ForeignKey(Outreach, on_delete=models.CASCADE, related_name="claims")
    official = models.ForeignKey(Official, on_delete=models.CASCADE, related_name="claims")
    # Of the whole site: the same official in another campaign's list is one and the same.
    record = models.ForeignKey(ContactRecord, on_delete=models.CASCADE, related_name="claims")
    holder = models.BinaryField(max_length=32)
    # Whether a push was proved to reach the holder: those of all others together hold no more than a share.
    verified = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ClaimState, default=ClaimState.ACTIVE)
    lease_until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        """One caller per official, one official per caller."""

        constraints = [
            models.UniqueConstraint(fields=["record"], condition=Q(state="active"), name="claim_one_per_official"),
            models.UniqueConstraint(
                fields=["outreach", "holder"], condition=Q(state="active"), name="claim_one_per_holder"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "lease_until"], name="claim_to_sweep"),
            models.Index(fields=["outreach", "holder"], name="claim_by_holder"),
        ]

    def is_running(self, now: datetime) -> bool:
        """Whether the official is this caller's alone now."""
        return self.state == ClaimState.ACTIVE and now < self.lease_until

    def give_back(self, now: datetime) -> None:
        """active -> given back. Raises IllegalTransition."""
        move(self, "state", {ClaimState.ACTIVE}, ClaimState.GIVEN_BACK, ended_at=now)
