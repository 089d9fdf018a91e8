"""Taking part: tokens that only the action's own key can make, and the sums that everybody sees."""

import hmac
import os
import random
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Device
from campaigns.models.action import Action, ActionState, Gathering
from mobilise.counters import Row, increment_all

# How many rows one minute's sum is spread over, so that a crowd does not queue for one row.
SHARDS = 8
# How often one device may lose against itself.
MOST_RACES = 10
# How many actions' tokens are looked for in one query.
PROBES = 200


class Stage(models.TextChoices):
    """How far a device's part has gone."""

    JOINED = "joined", _("joined")
    DONE = "done", _("done")


REACHED: dict[str, tuple[str, ...]] = {"joined": ("joined",), "done": ("joined", "done")}

# Where and how far: the gathering's id (0: none) and the stage.
Part = tuple[int, str]


def participation_token(action: Action, device_id: int) -> bytes:
    """HMAC-SHA-256(the action's own random key, device): 32 bytes. Without the key nobody can make or match it."""
    if action.participation_key is None:
        raise ValueError("The action's key was deleted: its participations can no longer be matched.")
    return hmac.digest(action.participation_key, device_id.to_bytes(8, "big"), "sha256")


class TallyQuerySet(models.QuerySet["Tally"]):
    """Adding to and reading the sums."""

    def add(self, action: Action, place: int, stage: str, now: datetime, *, total: int, counted: int) -> None:
        """Adds to this minute's sum: ``total`` participations, of which ``counted`` count in public."""
        self.add_all(action, {(place, stage): (total, counted)}, now)

    def add_all(self, action: Action, changes: Mapping[Part, tuple[int, int]], now: datetime) -> None:
        """The same for several places and stages, in one statement.

        All in one shard and in one order: of two that change the same sums at once neither waits for the other's.
        """
        minute, shard = now.replace(second=0, microsecond=0), random.randrange(SHARDS)  # noqa: S311  # spreads load
        rows: list[Row] = [
            (
                {"action_id": action.pk, "place": place, "stage": stage, "minute": minute, "shard": shard},
                {"total": total, "counted": counted},
            )
            for (place, stage), (total, counted) in sorted(changes.items())
            if total or counted
        ]
        increment_all(Tally, rows)

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
            row, new = self._hold(action, device, {"stage": stage, "gathering": gathering, "verified": verified})
            before = {} if new else row.shares
            row.stage, row.gathering, row.verified = stage, gathering, verified
            if row.shares != before:
                if not new:
                    row.save(update_fields=["stage", "gathering", "verified"])
                Tally.objects.add_all(action, _difference(before, row.shares), now)
            return row

    def _hold(self, action: Action, device: Device, made_with: dict[str, Any]) -> "tuple[Participation, bool]":
        """This device's row, locked, and whether it was made just now."""
        token = participation_token(action, device.pk)
        for _race in range(MOST_RACES):
            # It can be there when it is to be made, and withdrawn before it is read.
            with suppress(IntegrityError):
                return self.select_for_update().get_or_create(action=action, token=token, defaults=made_with)
        return self.select_for_update().get_or_create(action=action, token=token, defaults=made_with)

    def withdraw(self, action: Action, device: Device, now: datetime) -> None:
        """Takes this device's part back, and from the sums."""
        with transaction.atomic():
            row = self.select_for_update().filter(action=action, token=participation_token(action, device.pk)).first()
            if row and self.filter(pk=row.pk).delete()[0]:
                Tally.objects.add_all(action, _difference(row.shares, {}), now)

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
                    before, fresh.verified = fresh.shares, True
                    Tally.objects.add_all(row.action, _difference(before, fresh.shares), now)

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

    @property
    def shares(self) -> dict[Part, tuple[int, int]]:
        """What it adds to the sums: (place, stage) -> (total, counted)."""
        return {(self.gathering_id or 0, stage): (1, int(self.verified)) for stage in REACHED[self.stage]}


def _difference(
    before: Mapping[Part, tuple[int, int]], after: Mapping[Part, tuple[int, int]]
) -> dict[Part, tuple[int, int]]:
    nothing = (0, 0)
    return {
        part: (
            after.get(part, nothing)[0] - before.get(part, nothing)[0],
            after.get(part, nothing)[1] - before.get(part, nothing)[1],
        )
        for part in {*before, *after}
    }
