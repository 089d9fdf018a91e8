"""What the form of an alert makes of its plan and of the moments that were typed beside it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.admin.fields.plan import Plan
from campaigns.models import Alert, AlertAnchor

if TYPE_CHECKING:
    from campaigns.admin.alerts.inline import AlertForm

MOMENTS = ("send_at", "expires_at")
SHOWN, LENGTH = "%Y-%m-%dT%H:%M", len("2031-07-14T18:00")
# How long a new alert is useful when nobody says it.
USEFUL_FOR = timedelta(hours=2)
FIRST_PLAN = Plan(AlertAnchor.START, -timedelta(hours=1))


def plan_of(alert: Alert) -> Plan:
    """The plan of a stored alert; a new one begins an hour before the start."""
    return Plan(alert.anchor, alert.offset) if alert.pk else FIRST_PLAN


def as_shown(alert: Alert) -> str:
    """The moments of a stored alert as the page shows them: what is sent back with them tells what was typed."""
    return " ".join(timezone.localtime(getattr(alert, name)).strftime(SHOWN) for name in MOMENTS) if alert.pk else ""


def typed_moments(form: "AlertForm") -> set[str]:
    """Those of the moments that the organiser typed: they are not as the page, or its script, showed them."""
    shown = form.data.get(form.add_prefix("shown")) or as_shown(form.instance)
    before = dict(zip(MOMENTS, shown.split(), strict=False))
    posted = {name: form.data.get(form.add_prefix(name)) or "" for name in MOMENTS}
    return {name for name, raw in posted.items() if raw and raw[:LENGTH] != before.get(name)}


def settle(form: "AlertForm", cleaned: dict[str, Any], typed: set[str]) -> None:
    """Makes one window of the plan and of what was typed.

    A plan that was changed says the minute; else a minute that was typed makes the alert one with a moment of its own.
    """
    alert, plan = form.instance, cleaned.get("plan")
    if plan is None:
        return
    if plan.anchor != AlertAnchor.FIXED and "plan" not in form.changed_data and "send_at" in typed:
        plan, form.left_its_plan = Plan(), form.was_stored
    stored = (alert.send_at, alert.expires_at) if form.was_stored else None
    alert.anchor, alert.offset = plan.anchor, plan.offset
    if alert.is_relative:
        moment = alert.moment_for(alert.action)
        same = stored is not None and abs(moment - stored[0]) < timedelta(minutes=1)
        cleaned["send_at"] = stored[0] if stored and same else moment
        if "expires_at" not in typed:
            length = stored[1] - stored[0] if stored else _usual_length(alert, moment)
            cleaned["expires_at"] = cleaned["send_at"] + length
    elif cleaned.get("send_at") and not cleaned.get("expires_at") and not form.was_stored:
        cleaned["expires_at"] = cleaned["send_at"] + USEFUL_FOR
    for name in MOMENTS:
        if cleaned.get(name) is None and name not in form.errors:
            form.add_error(name, _("Say when."))


def _usual_length(alert: Alert, moment: datetime) -> timedelta:
    """Until the start for what is sent shortly before it, until the end for what is sent meanwhile."""
    marks = [mark for mark in (alert.action.starts_at, alert.action.ends_at) if mark > moment]
    return min(marks[0] - moment, timedelta(hours=12)) if marks else USEFUL_FOR
