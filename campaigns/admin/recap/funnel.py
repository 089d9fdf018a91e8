"""From followers to done: how many were left at each step, and how each number is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.admin.alerts.figures import AlertFigures, audience_told, told_of
from campaigns.admin.recap.telling import NOT_ASKED, How, Told, largest, tell
from campaigns.delivery.messages import sample_of
from campaigns.kinds import Kind
from campaigns.models import Alert, Stage
from campaigns.rules import told

# What each step is called, in its order.
LABELS: dict[str, Promise] = {
    "followers": _("followers who want this kind"),
    "accepted": _("accepted by the push service"),
    "shown": _("shown on the phone"),
    "opened": _("opened"),
    "joined": _("joined"),
    "done": _("done"),
}
SHORT: dict[str, Promise] = {
    **LABELS,
    "followers": _("followers"),
    "accepted": _("accepted"),
    "shown": _("shown"),
}
# In the others the app asks whether one comes, not whether one came.
ASKED_WHETHER_DONE = frozenset({Kind.HASHTAG_PUSH, Kind.OUTREACH})


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``width``: of 100, for its bar; 0 when nothing may be told of it."""

    key: str
    told: Told
    width: int = 0

    @property
    def label(self) -> str:
        """In words."""
        return str(LABELS[self.key])

    @property
    def short(self) -> str:
        """In one word."""
        return str(SHORT[self.key])


@dataclass(frozen=True, slots=True)
class AlertLine:
    """What became of one alert."""

    alert: Alert
    followers: Told
    accepted: Told
    shown: Told
    opened: Told


def line_of(alert: Alert, figures: AlertFigures) -> AlertLine:
    """By the small-number rule."""
    audience, how = alert.audience_size or 0, How.AT_LEAST if alert.departements else How.EXACT
    figures = told_of(alert, figures)
    numbers = audience_told(alert), figures.accepted, figures.opened
    followers, accepted, opened = (tell(number, how) for number in numbers)
    return AlertLine(alert, followers, accepted, _shown(audience, figures, how), opened)


def _shown(audience: int, figures: AlertFigures, how: How) -> Told:
    """Of a large audience one phone in N reports: what few reports would say is neither told nor worth telling."""
    weight = sample_of(audience)
    if weight == 1:
        return tell(figures.shown, how)
    reports = told(figures.shown // weight)
    return Told(None, How.FEW) if reports is None else Told(figures.shown, How.ESTIMATE)


def numbers_of(kind: str, lines: Sequence[AlertLine], counts: Mapping[str, int]) -> dict[str, Told]:
    """{step: number} of one action. Followers: as its largest alert began; there is no other history of them."""
    return {
        "followers": largest(line.followers for line in lines),
        "accepted": largest(line.accepted for line in lines),
        "shown": largest(line.shown for line in lines),
        "opened": largest(line.opened for line in lines),
        "joined": tell(counts[Stage.JOINED]),
        "done": tell(counts[Stage.DONE]) if kind in ASKED_WHETHER_DONE else NOT_ASKED,
    }


def draw(numbers: Mapping[str, Told]) -> list[Step]:
    """The steps in their order, with the lengths of their bars."""
    most = max((one.value or 0 for one in numbers.values()), default=0)
    return [Step(key, numbers[key], _width(numbers[key].value, most)) for key in LABELS]


def _width(value: int | None, most: int) -> int:
    """Whoever is there is seen."""
    return max(round(value * 100 / most), 1) if value else 0
