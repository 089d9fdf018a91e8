"""Taking part: tokens that only the action's own key can make."""

import hmac
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import reduce
from operator import or_

from django.db import models, transaction
from django.db.models import Q

from accounts.models import Device, Subscription
from campaigns.models.action import Action, ActionState
from campaigns.models.action_parts import Gathering
from campaigns.models.tally import Changes, Part, Stage, Tally, difference, together
from mobilise.grouped import Grouped
from mobilise.inserting import insert_new
from mobilise.unordered import fresh_id

# How often one device may lose against itself.
MOST_RACES = 10
# The columns of a row that is made.
NEW_ROW = ("id", "action_id", "token", "stage", "gathering_id", "verified")
# How many actions' tokens are looked for in one query.
PROBES = 200


class Kept(Enum):
    """A gathering that is not named: the one of before stays."""

    AS_IT_WAS = "as it was"


REACHED: dict[str, tuple[str, ...]] = {"joined": ("joined",), "done": ("joined", "done")}


def participation_token(action: Action, device_id: int) -> bytes:
    """HMAC-SHA-256(the action's own random key, device): 32 bytes. Without the key nobody can make or match it."""
    if action.participation_key is None:
        raise ValueError("The action's key was deleted: its participations can no longer be matched.")
    return hmac.digest(action.participation_key, device_id.to_bytes(8, "big"), "sha256")


class ParticipationQuerySet(models.QuerySet["Participation"]):
    """A device's part in actions, found by token."""

    def of(self, action: Action, device: Device) -> "Participation | None":
        """This device's part in the action, or None."""
        if action.participation_key is None:
            return None
        return self.filter(action=action, token=participation_token(action, device.pk)).first()

    def joined_among(self, action: Action, device_ids: Collection[int]) -> set[int]:
        """Those of these devices that take part in the action, in one statement."""
        if action.participation_key is None:
            return set()
        by_token = {participation_token(action, device_id): device_id for device_id in device_ids}
        found = self.filter(action_id=action.pk, token__in=list(by_token)).values_list("token", flat=True)
        return {by_token[bytes(token)] for token in found}

    def take_part(
        self,
        action: Action,
        device: Device,
        stage: str,
        gathering: Gathering | Kept | None,
        *,
        verified: bool,
        now: datetime,
    ) -> "Participation":
        """Makes or changes this device's part and the sums, in one transaction. The same again changes nothing.

        The gestures of a crowd share that transaction; none is answered before it is committed.
        """
        part = _take_part(Gesture.of(action, device.pk, stage, gathering, verified, now))
        if verified or not Subscription.objects.filter(device=device, verified_on__isnull=False).exists():
            return part
        # Pushes were proved to reach it meanwhile: its parts were counted before this one was there.
        self.count_verified(device, now)
        return self.select_related("gathering").of(action, device) or part

    def take_part_together(self, gestures: "Sequence[Gesture]") -> "list[Participation]":
        """The same for several at once, in one transaction. Whose device was proved meanwhile the caller has to see."""
        return _take_part_together(gestures)

    def withdraw(self, action: Action, device: Device, now: datetime) -> None:
        """Takes this device's part back, and from the sums."""
        with transaction.atomic():
            row = self.select_for_update().filter(action=action, token=participation_token(action, device.pk)).first()
            if row and self.filter(pk=row.pk).delete()[0]:
                Tally.objects.add_all(action, difference(row.shares, {}), now)

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
                # By its token: its number may have changed since it was read.
                fresh = self.select_for_update().filter(action=row.action, token=row.token, verified=False).first()
                if fresh and self.filter(pk=fresh.pk, verified=False).update(verified=True):
                    before, fresh.verified = fresh.shares, True
                    Tally.objects.add_all(row.action, difference(before, fresh.shares), now)

    def move(self, gone: Device, keep: Device, now: datetime) -> None:
        """One device's parts become another's, with tokens made anew; an action that both take part in counts one.

        In the order of actions, as two that wait for each other's sums would wait for ever.
        """
        for row in self.all_of(gone):
            action, token = row.action, participation_token(row.action, keep.pk)
            with transaction.atomic():
                # By their tokens: their numbers may have changed since they were read.
                both = self.select_for_update().filter(action=action, token__in=[row.token, token]).order_by("pk")
                mine = next((one for one in both if bytes(one.token) == bytes(row.token)), None)
                other = next((one for one in both if bytes(one.token) == token), None)
                if mine is None:
                    continue
                if other is None:
                    self.filter(pk=mine.pk).update(token=token)
                else:
                    self._unite(action, other, mine, now)

    def _unite(self, action: Action, row: "Participation", other: "Participation", now: datetime) -> None:
        """Of two parts in one action the one that went further stays, counted once."""
        before = together(row.shares, other.shares)
        further = max(other, row, key=lambda one: (len(REACHED[one.stage]), one.gathering_id is not None))
        row.stage, row.gathering_id = further.stage, further.gathering_id
        row.verified = row.verified or other.verified
        self.filter(pk=other.pk).delete()
        row.save(update_fields=["stage", "gathering", "verified"])
        Tally.objects.add_all(action, difference(before, row.shares), now)

    def unlink(self, device: Device) -> None:
        """Replaces the device's tokens by random bytes: the counts stay, the links vanish."""
        for row in self.all_of(device):
            self.filter(action=row.action, token=row.token).update(token=os.urandom(32))


class Participation(models.Model):
    """A device's part in an action. No time, no order, no device: a token that the action's key alone explains."""

    id = models.BigAutoField(primary_key=True, default=fresh_id)
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


@dataclass(frozen=True, slots=True)
class Gesture:
    """One device says how far its part in an action has gone, and where."""

    action: Action
    token: bytes
    stage: str
    gathering: Gathering | Kept | None
    verified: bool
    now: datetime

    @classmethod
    def of(
        cls,
        action: Action,
        device_id: int,
        stage: str,
        gathering: Gathering | Kept | None,
        verified: bool,
        now: datetime,
    ) -> "Gesture":
        """A device's, by its token."""
        return cls(action, participation_token(action, device_id), stage, gathering, verified, now)

    def apply_to(self, row: Participation) -> None:
        """What it makes of the part of before. What counted counts on, though a new subscription is not proved yet."""
        row.stage, row.verified = self.stage, row.verified or self.verified
        if not isinstance(self.gathering, Kept):
            row.gathering = self.gathering


def _take_part_together(gestures: Sequence[Gesture]) -> list[Participation]:
    """The parts that these gestures make or change, with the sums, in one transaction.

    Of parts that are new, as most are in a crowd, it costs two statements for all of them. In the order of tokens: of
    two processes with the same devices neither waits for the other for ever; and nothing says who came first.
    """
    by_token: dict[bytes, list[Gesture]] = {}
    for gesture in sorted(gestures, key=lambda one: one.token):
        by_token.setdefault(gesture.token, []).append(gesture)
    with transaction.atomic():
        rows, before = _hold(by_token)
        changed = {token: row for token, row in rows.items() if row.shares != before[token]}
        _save(row for token, row in changed.items() if before[token])
        sums: dict[int, Changes] = {}
        for token, row in changed.items():
            change = difference(before[token], row.shares)
            sums[row.action_id] = together(sums.get(row.action_id, {}), change)
        Tally.objects.add_everywhere(sums, max(gesture.now for gesture in gestures))
    return [rows[gesture.token] for gesture in gestures]


_take_part = Grouped(_take_part_together)


def _hold(by_token: Mapping[bytes, Sequence[Gesture]]) -> tuple[dict[bytes, Participation], dict[bytes, Changes]]:
    """The rows as the gestures leave them, locked, and what each added to the sums before: nothing if it is new."""
    rows: dict[bytes, Participation] = {}
    before: dict[bytes, Changes] = {}
    for _race in range(MOST_RACES):
        missing = {token: _made(gestures) for token, gestures in by_token.items() if token not in rows}
        for token in _insert(missing.values()):
            rows[token], before[token] = missing.pop(token), {}
        # They were there when they were to be made, and can be withdrawn before they are read.
        for token, row in _read_locked(missing):
            rows[token], before[token] = row, row.shares
            for gesture in by_token[token]:
                gesture.apply_to(row)
        if len(rows) == len(by_token):
            return rows, before
    raise RuntimeError("A participation came and went ten times while it was to be changed.")


def _made(gestures: Sequence[Gesture]) -> Participation:
    row = Participation(action=gestures[0].action, token=gestures[0].token)
    for gesture in gestures:
        gesture.apply_to(row)
    return row


def _insert(rows: Iterable[Participation]) -> list[bytes]:
    """The tokens of those that were not there."""
    values = [[getattr(row, name) for name in NEW_ROW] for row in rows]
    return [bytes(token) for (token,) in insert_new(Participation, NEW_ROW, values, ["token"])]


def _read_locked(like: Mapping[bytes, Participation]) -> Iterable[tuple[bytes, Participation]]:
    """Those with these tokens, if any are to be read."""
    if not like:
        return
    held = Participation.objects.select_for_update(of=("self",)).select_related("gathering").order_by("token")
    # Action and token together are what the index is made of.
    for row in held.filter(action__in={row.action_id for row in like.values()}, token__in=list(like)):
        yield bytes(row.token), row


def _save(changed: Iterable[Participation]) -> None:
    """One statement for all that become the same."""
    alike: dict[tuple[str, int | None, bool], list[int]] = {}
    for row in changed:
        alike.setdefault((row.stage, row.gathering_id, row.verified), []).append(row.pk)
    for (stage, gathering, verified), keys in alike.items():
        Participation.objects.filter(pk__in=keys).update(stage=stage, gathering=gathering, verified=verified)
