"""The sums of who takes part, which everybody sees: kept for it, spread over rows, naming nobody."""

import random
from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import models
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from campaigns.models.action import Action
from mobilise.counters import Row, increment_all

# How many rows one minute's sum is spread over, so that a crowd does not queue for one row.
SHARDS = 8


class Stage(models.TextChoices):
    """How far a device's part has gone."""

    JOINED = "joined", _("joined")
    DONE = "done", _("done")


# Where and how far: the gathering's id (0: none) and the stage.
Part = tuple[int, str]
# What is added to the sums: (total, counted) by part.
Changes = Mapping[Part, tuple[int, int]]


def together(one: Changes, other: Changes) -> dict[Part, tuple[int, int]]:
    """What two changes add to the sums."""
    nothing = (0, 0)
    return {
        part: (
            one.get(part, nothing)[0] + other.get(part, nothing)[0],
            one.get(part, nothing)[1] + other.get(part, nothing)[1],
        )
        for part in {*one, *other}
    }


def difference(before: Changes, after: Changes) -> dict[Part, tuple[int, int]]:
    """What has to be added so that what was added before becomes what it is after."""
    return together({part: (-total, -counted) for part, (total, counted) in before.items()}, after)


class TallyQuerySet(models.QuerySet["Tally"]):
    """Adding to and reading the sums."""

    def add(self, action: Action, place: int, stage: str, now: datetime, *, total: int, counted: int) -> None:
        """Adds to this minute's sum: ``total`` participations, of which ``counted`` count in public."""
        self.add_all(action, {(place, stage): (total, counted)}, now)

    def add_all(self, action: Action, changes: Changes, now: datetime) -> None:
        """The same for several places and stages, in one statement."""
        self.add_everywhere({action.pk: changes}, now)

    def add_everywhere(self, changes: Mapping[int, Changes], now: datetime) -> None:
        """The same for several actions, by their keys.

        All in one shard and in one order: of two that change the same sums at once neither waits for the other's.
        """
        minute, shard = now.replace(second=0, microsecond=0), random.randrange(SHARDS)  # noqa: S311  # spreads load
        rows: list[Row] = [
            (
                {"action_id": action, "place": place, "stage": stage, "minute": minute, "shard": shard},
                {"total": total, "counted": counted},
            )
            for action, parts in sorted(changes.items())
            for (place, stage), (total, counted) in sorted(parts.items())
            if total or counted
        ]
        increment_all(Tally, rows)

    def sums(self, action: Action) -> dict[str, dict[str, int]]:
        """{"joined": {"total", "counted"}, "done": {...}} of an action."""
        rows = self.filter(action_id=action.pk).values("stage").annotate(total=Sum("total"), counted=Sum("counted"))
        found = {row["stage"]: {"total": row["total"], "counted": row["counted"]} for row in rows.order_by()}
        return {stage: found.get(stage, {"total": 0, "counted": 0}) for stage in Stage.values}

    def joined(self, action_ids: Collection[int]) -> dict[int, int]:
        """{action id: how many joined} of those that somebody joined, in one statement."""
        rows = self.filter(action_id__in=action_ids, stage=Stage.JOINED).order_by().values_list("action_id")
        return dict(rows.annotate(joined=Sum("total")))

    def counted(self, actions: Collection[int]) -> dict[int, dict[str, int]]:
        """{action id: {"joined": number, "done": number}}: what counts in public, of all these actions. One query."""
        rows = self.filter(action_id__in=actions).values("action_id", "stage").annotate(counted=Sum("counted"))
        found: dict[int, dict[str, int]] = {pk: dict.fromkeys(Stage.values, 0) for pk in actions}
        for row in rows.order_by():
            found[row["action_id"]][row["stage"]] = row["counted"]
        return found


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
