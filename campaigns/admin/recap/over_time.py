"""How the count grew: a stair that rises whenever ten or more have come since it rose last."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Sum
from django.utils.translation import gettext as _

from campaigns.admin.recap.funnel import ASKED_WHETHER_DONE
from campaigns.models import Action, Stage, Tally
from campaigns.rules import tell_growth

MOST_STEPS = 96
STEPS = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 604800)
# What came long before the start is told as one number.
BEFORE = timedelta(hours=1)
HEIGHT, WIDTH = 100, 10
# Longer ones say the day beside the hour.
ONE_DAY = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Rise:
    """By this moment so many were there, ``new`` of them since the rise before. ``x`` and ``y``: where it is drawn."""

    at: datetime
    new: int
    in_all: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class OverTime:
    """The chart, from ``begins`` to ``ends``."""

    stage: Stage
    begins: datetime
    ends: datetime
    step: timedelta
    width: int
    rises: list[Rise] = field(default_factory=list)

    @property
    def in_all(self) -> int:
        """At its end."""
        return self.rises[-1].in_all if self.rises else 0

    @property
    def path(self) -> str:
        """Its outline, in the language of SVG: along the ground, up at each rise, down at the end."""
        stairs = "".join(f"H{rise.x}V{rise.y}" for rise in self.rises)
        return f"M0 {HEIGHT}{stairs}H{self.width}V{HEIGHT}Z"

    @property
    def step_in_words(self) -> str:
        """As short as on a clock."""
        minutes = int(self.step.total_seconds()) // 60
        if minutes < 60:
            return f"{minutes} min"
        return f"{minutes // 60} h" if minutes < 1440 else _("%(n)d d") % {"n": minutes // 1440}

    @property
    def hours(self) -> str:
        """The date format of its times."""
        return "H:i" if self.ends - self.begins < ONE_DAY else "j M, H:i"


def stage_of(action: Action) -> Stage:
    """What is counted over time: who has done it, where that is asked, else who joined."""
    return Stage.DONE if action.kind in ASKED_WHETHER_DONE else Stage.JOINED


def over_time(action: Action) -> OverTime:
    """From the sums of each minute, in one statement; without rises when fewer than 10 took part."""
    stage = stage_of(action)
    rows = Tally.objects.filter(action_id=action.pk, stage=stage).order_by("minute").values_list("minute")
    return draw(stage, action.starts_at, action.ends_at, dict(rows.annotate(number=Sum("counted"))))


def draw(stage: Stage, starts_at: datetime, ends_at: datetime, minutes: Mapping[datetime, int]) -> OverTime:
    """The chart of {minute: how many}."""
    length = (ends_at - starts_at + BEFORE).total_seconds()
    step = timedelta(seconds=next((step for step in STEPS if length / step <= MOST_STEPS - 2), STEPS[-1]))
    # Whole steps from the start on, both ways.
    before, after = _steps_up(BEFORE, step), _steps_up(ends_at - starts_at, step)
    begins, steps = starts_at - before * step, before + after
    # What came before the chart, then its steps. Parts taken back after the end lessen the last one.
    counts = [0] * (steps + 1)
    for minute, number in minutes.items():
        counts[min(max((minute - begins) // step + 1, 0), steps)] += number
    rises = _rises(counts, begins, step)
    return OverTime(stage, begins, begins + steps * step, step, steps * WIDTH, rises)


def _steps_up(length: timedelta, step: timedelta) -> int:
    """How many steps hold that length."""
    return -(-length // step)


def _rises(counts: list[int], begins: datetime, step: timedelta) -> list[Rise]:
    told = tell_growth(counts)
    total = sum(new for _place, new in told)
    rises, in_all = [], 0
    for place, new in told:
        in_all += new
        passed = place - 1
        rises.append(Rise(begins + passed * step, new, in_all, passed * WIDTH, HEIGHT - in_all * HEIGHT // total))
    return rises
