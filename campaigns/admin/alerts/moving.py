"""The action moved: its plan moves along, and all that was moved is said."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns import rules
from campaigns.admin.access import organiser_of
from campaigns.admin.alerts import scheduling
from campaigns.admin.explain import REFUSALS, explain
from campaigns.admin.fields.moments import MOMENT_FORMAT
from campaigns.models import Action, Alert, AlertState, Campaign
from campaigns.models.alerts.telling import retold

MOVABLE = ("title", "body", "send_at", "expires_at", "told_start")
WAITS = (AlertState.AWAITING, AlertState.SCHEDULED)


@dataclass(frozen=True, slots=True)
class Hours:
    """When an action is, and on which clock."""

    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo


def hours_of(action: Action) -> Hours:
    """As they are in this object."""
    return Hours(action.starts_at, action.ends_at, action.zone)


def remember(action: Action) -> Hours:
    """The hours as they are stored, before the form's are. One organiser at a time saves in a campaign.

    The campaign first, then its alerts: two who save at once wait for each other in one order only.
    """
    Campaign.objects.select_for_update(no_key=True).get(pk=action.campaign_id)
    return hours_of(Action.objects.get(pk=action.pk))


def follow(request: HttpRequest, action: Action, before: Hours) -> None:
    """Moves what has not begun; scheduled alerts are scheduled again, which voids their approvals."""
    if hours_of(action) == before:
        return
    moved = []
    for alert in action.alerts.select_related("corrects"):
        alert.action = action
        if not alert.is_editable:
            continue
        values = _moved(alert, before)
        if values and _move(request, alert, values):
            moved.append(alert)
        elif alert.state in WAITS and rules.has_told_another_start(alert, action):
            _take_back(request, alert)
    if moved:
        _say(request, moved)


def renew_or_leave(request: HttpRequest, alert: Alert) -> None:
    """Schedules a changed alert again, unless the change made it one that would leave this very moment."""
    if _is_over(alert):
        _say_over(request, alert)
    else:
        scheduling.renew(request, alert)


def _is_over(alert: Alert) -> bool:
    return alert.is_relative and alert.send_at <= timezone.now()


def _say_over(request: HttpRequest, alert: Alert) -> None:
    text = _("The minute of “%(alert)s” is over by now: it is a draft again. Look at it, then schedule it.")
    messages.warning(request, text % {"alert": alert})


def _moved(alert: Alert, before: Hours) -> dict[str, Any]:
    """{column: value} of what changes with the action."""
    send_at, expires_at = alert.window_for(alert.action)
    hour = (before.starts_at, before.zone)
    title, body = (retold(texts, hour, alert.action) for texts in (alert.title, alert.body))
    told = alert.told_start
    if told is not None and (title, body) != (alert.title, alert.body):
        told = alert.action.starts_at
    values = dict(zip(MOVABLE, (title, body, send_at, expires_at, told), strict=True))
    return {name: value for name, value in values.items() if value != getattr(alert, name)}


def _move(request: HttpRequest, alert: Alert, values: dict[str, Any]) -> bool:
    was_scheduled = alert.state in WAITS
    try:
        with transaction.atomic():
            if was_scheduled:
                alert.return_to_draft(organiser_of(request))
            for name, value in values.items():
                setattr(alert, name, value)
            alert.save(update_fields=list(values))
    except REFUSALS as error:
        messages.error(request, explain(error))
        return False
    if was_scheduled and _is_over(alert):
        _say_over(request, alert)
    elif was_scheduled and not scheduling.schedule(request, alert):
        text = _("“%(alert)s” is a draft again and will not be sent.")
        messages.warning(request, text % {"alert": alert})
    return True


def _take_back(request: HttpRequest, correction: Alert) -> None:
    """A correction that waits, and tells an hour that is no longer right in words that we do not know."""
    try:
        correction.return_to_draft(organiser_of(request))
    except REFUSALS as error:
        messages.error(request, explain(error))
        return
    text = _("“%(alert)s” tells the earlier hour: it is a draft again and will not be sent.")
    messages.warning(request, text % {"alert": correction})


def _say(request: HttpRequest, moved: list[Alert]) -> None:
    lines = []
    for alert in moved:
        when = date_format(timezone.localtime(alert.send_at), MOMENT_FORMAT)
        lines.append(_("%(purpose)s: %(when)s") % {"purpose": alert.get_purpose_display(), "when": when})
    text = _("The plan moved with the action; approvals given before are void. Read the texts again. %(alerts)s.")
    messages.info(request, text % {"alerts": "; ".join(lines)})
