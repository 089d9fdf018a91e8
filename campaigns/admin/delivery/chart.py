"""What push services accepted of an alert over time, as bars of a small chart and as rows of a table."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from campaigns.models import Alert, DeliveryTally
from campaigns.models.delivery_tally import BUCKET_SECONDS

MOST_BARS = 48
STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)
# What comes after nearly all were accepted (phones that were asked again, quiet hours) would press the chart flat.
NEARLY_ALL = 0.99
HEIGHT = 100
WIDTH, GAP = 10, 1

# When a bucket began, how many were accepted, how many other answers came.
Bucket = tuple[datetime, int, int]


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: from when, how many accepted, how many other answers; and where it is drawn."""

    at: datetime
    accepted: int
    others: int
    x: int
    height: int

    @property
    def y(self) -> int:
        """Its top edge: an image is measured from above."""
        return HEIGHT - self.height


@dataclass(frozen=True, slots=True)
class Timeline:
    """The chart. ``later`` were accepted after its end, until ``later_until``."""

    bars: list[Bar] = field(default_factory=list)
    step: timedelta = timedelta(0)
    most: int = 0
    later: int = 0
    later_until: datetime | None = None

    @property
    def begins(self) -> datetime:
        """The start of the first bar."""
        return self.bars[0].at

    @property
    def ends(self) -> datetime:
        """The end of the last bar."""
        return self.bars[-1].at + self.step

    @property
    def width(self) -> int:
        """Of the drawing."""
        return len(self.bars) * WIDTH

    @property
    def step_in_words(self) -> str:
        """As short as on a clock."""
        seconds = int(self.step.total_seconds())
        if seconds < 60:
            return f"{seconds} s"
        return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"

    @property
    def hours(self) -> str:
        """The date format of its times."""
        return "H:i:s" if self.step < timedelta(minutes=1) else "H:i"


def timeline_of(alert: Alert) -> Timeline:
    """From the tallies, in one statement; empty when nothing was accepted, or when they are deleted already."""
    good = Q(answer__startswith="2")
    rows = DeliveryTally.objects.filter(batch__alert_id=alert.pk).order_by("at").values_list("at")
    sums = rows.annotate(
        accepted=Coalesce(Sum("count", filter=good), 0), others=Coalesce(Sum("count", filter=~good), 0)
    )
    return draw(list(sums))


def draw(buckets: Sequence[Bucket]) -> Timeline:
    """The chart of buckets in their order."""
    total = sum(accepted for _, accepted, _ in buckets)
    if not total:
        return Timeline()
    end, so_far = 0, 0
    while so_far < total * NEARLY_ALL:
        so_far += buckets[end][1]
        end += 1
    shown, rest = buckets[:end], buckets[end:]
    step = _step(shown[0][0], shown[-1][0])
    later = [(at, accepted) for at, accepted, _ in rest if accepted]
    until = later[-1][0] if later else None
    bars = _bars(shown, step)
    return Timeline(bars, step, max(bar.accepted for bar in bars), sum(number for _, number in later), until)


def _step(first: datetime, last: datetime) -> timedelta:
    """The shortest step with which the bars are not too many."""
    seconds = (last - first).total_seconds() + BUCKET_SECONDS
    return timedelta(seconds=next((step for step in STEPS if seconds / step <= MOST_BARS), STEPS[-1]))


def _bars(buckets: Sequence[Bucket], step: timedelta) -> list[Bar]:
    """One bar for each step, also for those in which nothing was accepted."""
    first = buckets[0][0]
    accepted: dict[int, int] = defaultdict(int)
    others: dict[int, int] = defaultdict(int)
    for at, good, other in buckets:
        place = (at - first) // step
        accepted[place] += good
        others[place] += other
    most = max(accepted.values())
    return [
        Bar(first + place * step, accepted[place], others[place], place * WIDTH, _height(accepted[place], most))
        for place in range(max(accepted) + 1)
    ]


def _height(number: int, most: int) -> int:
    """Whoever is there is seen."""
    return max(round(number * HEIGHT / most), 2) if number else 0
