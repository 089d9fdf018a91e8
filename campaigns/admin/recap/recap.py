"""All that is told of an action, or of a campaign's actions: what the page shows and the file holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from campaigns.admin.alerts.figures import figures_of
from campaigns.admin.recap.funnel import AlertLine, Step, draw, line_of, numbers_of
from campaigns.admin.recap.over_time import OverTime, over_time
from campaigns.admin.recap.places import Place, by_place
from campaigns.admin.recap.telling import NOT_ASKED, UNKNOWN, Told, add_up, tell
from campaigns.models import LATE, Action, ActionState, Alert, Campaign, Figure, Follow, Stage, Tally
from mobilise.fields import pick

NEVER_SHOWN = (ActionState.DRAFT, ActionState.TEMPLATE)


@dataclass(frozen=True, slots=True)
class ActionRecap:
    """One action. The charts come once it is over: before, two looks would tell who came in between."""

    action: Action
    is_over: bool
    followers: Told  # who want this kind, now
    funnel: list[Step]
    unconfirmed: Told
    lines: list[AlertLine]
    chart: OverTime | None
    places: list[Place] | None
    figures: list[Figure]


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One action among those of its campaign."""

    action: Action
    steps: list[Step]

    @property
    def known(self) -> list[Step]:
        """The steps of which something can be said."""
        return [step for step in self.steps if step.told not in (UNKNOWN, NOT_ASKED)]

    @property
    def was_announced(self) -> bool:
        """Whether an alert of it was sent."""
        return self.steps[0].told != UNKNOWN

    @property
    def recap_url(self) -> str:
        """The name of its own recap's address, which its kind's page has."""
        return f"admin:campaigns_{self.action.kind.replace('_', '')}_recap"


@dataclass(frozen=True, slots=True)
class CampaignRecap:
    """A campaign: its actions, their sums, the figures typed for them."""

    campaign: Campaign
    followers: Told
    rows: list[ActionRow]
    funnel: list[Step]
    figures: list[Figure]

    @property
    def goal_width(self) -> int:
        """Of 100, for its bar."""
        target, reached = self.campaign.goal_target or 0, self.campaign.goal_reached or 0
        return min(round(reached * 100 / target), 100) if target else 0

    @property
    def goal_unit(self) -> str:
        """In the reader's language."""
        return pick(self.campaign.goal_unit, get_language() or "", self.campaign.main_language)


def recap_of(action: Action, now: datetime, language: str) -> ActionRecap:
    """Of one action."""
    lines = _lines([action])[action.pk]
    sums = Tally.objects.sums(action)
    counts = {stage: numbers["counted"] for stage, numbers in sums.items()}
    joined = sums[Stage.JOINED]
    # What waited for a network comes in for an hour more.
    is_over = now >= action.ends_at + LATE
    return ActionRecap(
        action,
        is_over,
        tell(Follow.objects.filter(campaign_id=action.campaign_id).wanting(action.kind).count()),
        draw(numbers_of(action.kind, lines, counts)),
        tell(joined["total"] - joined["counted"]),
        lines,
        over_time(action) if is_over else None,
        by_place(action, language) if is_over else None,
        list(action.figures.all()),
    )


def campaign_recap_of(campaign: Campaign, now: datetime) -> CampaignRecap:
    """Of all its actions that have begun, the last one first. The number of statements does not grow with them."""
    found = Action.objects.filter(campaign=campaign, starts_at__lte=now).exclude(state__in=NEVER_SHOWN)
    actions = list(found.defer("participation_key"))
    for action in actions:
        action.campaign = campaign
    lines, counts = _lines(actions), Tally.objects.counted([action.pk for action in actions])
    followers = Follow.objects.filter(campaign=campaign).count()
    numbers = [numbers_of(action.kind, lines[action.pk], counts[action.pk]) for action in actions]
    rows = [ActionRow(action, draw(told)) for action, told in zip(actions, numbers, strict=True)]
    sums = {step.key: add_up(told[step.key] for told in numbers) for step in (rows[0].steps if rows else ())}
    figures = list(Figure.objects.filter(action__in=actions))
    by_pk = {action.pk: action for action in actions}
    for figure in figures:
        figure.action = by_pk[figure.action_id]
    return CampaignRecap(campaign, tell(followers), rows, draw(sums) if sums else [], figures)


def _lines(actions: Sequence[Action]) -> dict[int, list[AlertLine]]:
    """{action id: what became of its alerts that were sent}, in four statements."""
    begun = Alert.objects.filter(action__in=actions, started_at__isnull=False).order_by("started_at", "pk")
    alerts = list(begun.select_related("corrects"))
    figures = figures_of(alerts)
    lines: dict[int, list[AlertLine]] = {action.pk: [] for action in actions}
    by_pk = {action.pk: action for action in actions}
    for alert in alerts:
        alert.action = by_pk[alert.action_id]
        lines[alert.action_id].append(line_of(alert, figures[alert.pk]))
    return lines
