"""Taking part: tokens that only the action's own key can make, and the sums that everybody sees."""

import hmac
import os
import random
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import models, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Device
from campaigns.models.action import Action, ActionState, Gathering
from campaigns.models.alert import Alert
from mobilise.counters import increment

# How many rows one minute's sum is spread over, so that a crowd does not queue for one row.
SHARDS = 8
# How many actions' tokens are looked for in one query.
PROBES = 200


class Stage(models.TextChoices):
    """How far a device's part has gone."""

    JOINED = "joined", _("joined")
    DONE = "done", _("done")


REACHED: dict[str | None, tuple[str, ...]] = {None: (), "joined": ("joined",), "done": ("joined", "done")}


def participation_token(action: Action, device_id: int) -> bytes:
    """HMAC-SHA-256(the action's own random key, device): 32 bytes. Without the key nobody can make or match it."""
    if action.participation_key is None:
        raise ValueError("The action's key was deleted: its participations can no longer be matched.")
    return hmac.digest(action.participation_key, device_id.to_bytes(8, "big"), "sha256")


class TallyQuerySet(models.QuerySet["Tally"]):
    """Adding to and reading the sums."""

    def add(self, action: Action, place: int, stage: str, now: datetime, *, total: int, counted: int) -> None:
        """Adds to this minute's sum: ``total`` participations, of which ``counted`` count in public."""
        keys = {
            "action_id": action.pk,
            "place": place,
            "stage": stage,
            "minute": now.replace(second=0, microsecond=0),
            "shard": random.randrange(SHARDS),  # noqa: S311  # spreads load, guards nothing
        }
        increment(Tally, keys, {"total": total, "counted": counted})

    def sums(self, action: Action) -> dict[str, dict[str, int]]:
        """{"joined": {"total", "counted"}, "done": {...}} of an action."""
        rows = self.filter(action_id=action.pk).values("stage").annotate(total=Sum("total"), counted=Sum("counted"))
        found = {row["stage"]: {"total": row["total"], "counted": row["counted"]} for row in rows.order_by()}
        return {stage: found.get(stage, {"total": 0, "counted": 0}) for stage in Stage.values}


class Tally(models.Model):
    """How many took part in one minute, by place (the gathering's id, 0: none) and stage. Names nobody."""

    action_id = models.BigIntegerField()
    place = models.BigIntegerField(default=0)
    stage = models.CharField(max_length=6, choices=Stage)
    minute = models.DateTimeField()
    shard = models.PositiveSmallIntegerField(default=0)
    total = models.IntegerField(default=0)
    counted = models.IntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        """One row per minute and shard."""

        constraints = [
            models.UniqueConstraint(fields=["action_id", "place", "stage", "minute", "shard"], name="tally_once")
        ]


class ParticipationQuerySet(models.QuerySet["Participation"]):
    """A device's part in actions, found by token."""

    def of(self, action: Action, device: Device) -> "Participation | None":
        """This device's part in the action, or None."""
        if action.participation_key is None:
            return None
        return self.filter(action=action, token=participation_token(action, device.pk)).first()

    def take_part(
        self, action: Action, device: Device, stage: str, gathering: Gathering | None, *, verified: bool, now: datetime
    ) -> "Participation":
        """Makes or changes this device's part and the sums, in one transaction. The same again changes nothing."""
        with transaction.atomic():
            row, new = self.select_for_update().get_or_create(
                action=action,
                token=participation_token(action, device.pk),
                defaults={"stage": stage, "gathering": gathering, "verified": verified},
            )
            if new:
                row.tally(REACHED[stage], +1, now)
            elif (row.stage, row.gathering_id, row.verified) != (stage, gathering and gathering.pk, verified):
                row.tally(REACHED[row.stage], -1, now)
                row.stage, row.gathering, row.verified = stage, gathering, verified
                row.save(update_fields=["stage", "gathering", "verified"])
                row.tally(REACHED[stage], +1, now)
            return row

    def withdraw(self, action: Action, device: Device, now: datetime) -> None:
        """Takes this device's part back, and from the sums."""
        with transaction.atomic():
            row = self.select_for_update().filter(action=action, token=participation_token(action, device.pk)).first()
            if row and row.delete()[0]:
                row.tally(REACHED[row.stage], -1, now)

    def all_of(self, device: Device) -> "list[Participation]":
        """The device's parts in all actions that still have their key, with action and gathering.

        One query for the actions, and one for each PROBES of them.
        """
        keyed = Action.objects.filter(participation_key__isnull=False).order_by("pk")
        actions = {action.pk: action for action in keyed}
        probes = [Q(action=action, token=participation_token(action, device.pk)) for action in actions.values()]
        found: list[Participation] = []
        for start in range(0, len(probes), PROBES):
            # Action and token together are what the index is made of; a list of tokens alone would read the table.
            any_of_them = reduce(or_, probes[start : start + PROBES])
            found += self.select_related("gathering").filter(any_of_them).order_by("action_id")
        for row in found:
            row.action = actions[row.action_id]
        return found

    def count_verified(self, device: Device, now: datetime) -> None:
        """The device proved that pushes reach it: its parts in actions that last count in public from now on."""
        for row in self.all_of(device):
            lasts = row.action.state == ActionState.PUBLISHED and now < row.action.ends_at
            if not lasts or row.verified:
                continue
            with transaction.atomic():
                fresh = self.select_for_update().filter(pk=row.pk, verified=False).first()
                if fresh and self.filter(pk=row.pk, verified=False).update(verified=True):
                    for stage in REACHED[fresh.stage]:
                        Tally.objects.add(row.action, fresh.gathering_id or 0, stage, now, total=0, counted=+1)

    def unlink(self, device: Device) -> None:
        """Replaces the device's tokens by random bytes: the counts stay, the links vanish."""
        for row in self.all_of(device):
            self.filter(pk=row.pk).update(token=os.urandom(32))


class Participation(models.Model):
    """A device's part in an action. No time, no device: a token that the action's key alone explains."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="participations")
    gathering = models.ForeignKey(Gathering, on_delete=models.SET_NULL, null=True, related_name="+")
    token = models.BinaryField(max_length=32)
    stage = models.CharField(max_length=6, choices=Stage)
    verified = models.BooleanField(default=False)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        """Once per device and action."""

        constraints = [models.UniqueConstraint(fields=["action", "token"], name="participation_once")]

    def tally(self, stages: tuple[str, ...], sign: int, now: datetime) -> None:
        """Adds (or takes back) this part in the sums of ``stages``."""
        for stage in stages:
            counted = sign if self.verified else 0
            Tally.objects.add(self.action, self.gathering_id or 0, stage, now, total=sign, counted=counted)


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
