"""An action's alerts on a time line, with the action itself on it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from campaigns.admin.alerts.cards import AlertCard
from campaigns.admin.fields.plan import Plan
from campaigns.models import Action, Alert, AlertState


@dataclass(frozen=True, slots=True)
class Mark:
    """One moment on the line."""

    at: datetime
    kind: str  # "alert", "start", "end" or "now"
    text: str
    during: bool = False  # between the action's start and end
    day: date | None = None  # said when it is another than the mark's before
    plan: str = ""
    until: datetime | None = None
    card: AlertCard | None = None


def time_line(action: Action, cards: Iterable[AlertCard], now: datetime) -> list[Mark]:
    """Alerts that go out, went out or may, the action's start and end, and now among them; local days are told once."""
    marks = [
        Mark(action.starts_at, "start", _("The action starts"), during=True),
        Mark(action.ends_at, "end", _("The action ends"), during=True),
    ]
    alerts = [card for card in cards if card.alert.state != AlertState.CANCELLED or card.alert.started_at]
    marks += [_mark_of(action, card) for card in alerts]
    if alerts and min(mark.at for mark in marks) < now < max(mark.at for mark in marks):
        marks.append(Mark(now, "now", _("Now"), during=action.starts_at <= now < action.ends_at))
    # What happens at the action's own minute belongs to it: after its start, before its end.
    order = {"start": 0, "alert": 1, "now": 2, "end": 3}
    return _with_days(sorted(marks, key=lambda mark: (mark.at, order[mark.kind])), action)


def _mark_of(action: Action, card: AlertCard) -> Mark:
    alert: Alert = card.alert
    return Mark(
        alert.send_at,
        "alert",
        str(alert),
        during=action.starts_at <= alert.send_at <= action.ends_at,
        plan=Plan(alert.anchor, alert.offset).in_words() if alert.is_relative else "",
        until=alert.expires_at,
        card=card,
    )


def _with_days(marks: list[Mark], action: Action) -> list[Mark]:
    told = None
    with_days = []
    for mark in marks:
        day = mark.at.astimezone(action.zone).date()

        with_days.append(replace(mark, day=day if day != told else None))
        told = day
    return with_days
