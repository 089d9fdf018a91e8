"""What the start page shows of all campaigns of an organiser, in a number of statements that does not grow."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.delivery.organiser_pushes import approval_path
from campaigns.models import Action, ActionState, Alert, AlertState, GuardedChange, Role, Tally
from campaigns.models.alerts.queryset import OF_WHAT_LASTS

# What is further away is on the pages of the actions.
AHEAD = timedelta(days=14)
MOST_COMING = 40
CLOCK = "H:i"

Roles = Mapping[int, Role]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert that somebody has to approve, and where."""

    alert: Alert
    url: str


@dataclass(frozen=True, slots=True)
class Live:
    """An action that goes on now, and how many joined."""

    action: Action
    url: str
    joined: int


@dataclass(frozen=True, slots=True)
class Stop:
    """One alert on the time line, at its local hour; ``zone`` is said where not all stops share one."""

    alert: Alert
    url: str
    at: datetime
    zone: str

    @property
    def clock(self) -> str:
        """Its local hour."""
        return date_format(self.at, CLOCK)


@dataclass(frozen=True, slots=True)
class Day:
    """The stops of one local day."""

    title: str
    stops: list[Stop]


def address_of(action: Action, fragment: str = "") -> str:
    """The page of an action in the admin."""
    name = action.kind.replace("_", "")
    return reverse(f"admin:campaigns_{name}_change", args=[action.pk]) + fragment


def address_of_alert(alert: Alert) -> str:
    """Its card on the page of its action."""
    return address_of(alert.action, f"#alert-{alert.pk}")


def alerts_of(roles: Roles) -> QuerySet[Alert]:
    """All alerts of the organiser's campaigns, with action and campaign."""
    return Alert.objects.filter(action__campaign_id__in=list(roles)).select_related("action__campaign")


def live_actions(roles: Roles, now: datetime) -> list[Live]:
    """What goes on now, the first to end first. 2 statements."""
    going_on = Action.objects.filter(
        campaign_id__in=list(roles), state=ActionState.PUBLISHED, starts_at__lte=now, ends_at__gt=now
    )
    found = list(going_on.select_related("campaign").order_by("ends_at", "pk"))
    joined = Tally.objects.joined([action.pk for action in found])
    return [Live(action, address_of(action), joined.get(action.pk, 0)) for action in found]


def coming_days(roles: Roles, now: datetime) -> list[Day]:
    """The alerts of the next days, drafts included: a draft does not leave by itself, which is worth seeing."""
    shown = Q(state__in=(AlertState.AWAITING, AlertState.SCHEDULED, AlertState.SENDING, AlertState.PAUSED))
    drafts = Q(state=AlertState.DRAFT, send_at__gt=now)
    coming = alerts_of(roles).filter(shown | drafts, send_at__lt=now + AHEAD, expires_at__gt=now)
    coming = coming.filter(OF_WHAT_LASTS | Q(action__state=ActionState.DRAFT)).order_by("send_at", "pk")
    return days_of(list(coming[:MOST_COMING]), now)


def days_of(alerts: Iterable[Alert], now: datetime) -> list[Day]:
    """Alerts in order of their minute, by the local day of their actions."""
    alerts = list(alerts)
    one_zone = len({alert.action.time_zone for alert in alerts}) == 1
    stops = [
        Stop(
            alert,
            address_of_alert(alert),
            alert.send_at.astimezone(alert.action.zone),
            "" if one_zone else alert.action.time_zone,
        )
        for alert in alerts
    ]
    stops.sort(key=lambda stop: stop.at.replace(tzinfo=None))
    return [
        Day(_title_of(group[0], now), group)
        for _day, found in groupby(stops, lambda stop: stop.at.date())
        if (group := list(found))
    ]


def _title_of(stop: Stop, now: datetime) -> str:
    day, today = stop.at.date(), now.astimezone(stop.at.tzinfo).date()
    words = {today: _("Today"), today + timedelta(days=1): _("Tomorrow")}
    date = date_format(day, "l j F")
    return f"{words[day]}, {date}" if day in words else date


def waiting_alerts(roles: Roles, me: int, now: datetime) -> list[Waiting]:
    """Alerts that this organiser may approve, the most urgent first."""
    waiting = alerts_of(_where_approving(roles)).filter(state=AlertState.AWAITING, expires_at__gt=now)
    others = waiting.exclude(scheduled_by_id=me).select_related("scheduled_by").order_by("send_at", "pk")
    return [Waiting(alert, approval_path(alert)) for alert in others]


def stoppable_alerts(roles: Roles, now: datetime) -> list[Waiting]:
    """Alerts that an owner sends without a second person: any organiser can stop them for some minutes."""
    held = alerts_of(roles).filter(state=AlertState.SCHEDULED, not_before__gt=now).order_by("not_before", "pk")
    return [Waiting(alert, approval_path(alert)) for alert in held]


def waiting_changes(roles: Roles, me: int) -> list[GuardedChange]:
    """Changes of the two-person mode that this organiser may confirm."""
    waiting = GuardedChange.objects.filter(campaign_id__in=list(_where_approving(roles))).exclude(proposed_by_id=me)
    return list(waiting.exclude(membership__user_id=me).select_related("campaign", "membership__user", "proposed_by"))


def _where_approving(roles: Roles) -> Roles:
    return {campaign: role for campaign, role in roles.items() if role in (Role.OWNER, Role.APPROVER)}
