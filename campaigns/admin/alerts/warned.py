"""Scheduling with open eyes: what an alert is warned of is said before it is scheduled, then it is the organiser's."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import rules
from campaigns.admin.alerts import scheduling
from campaigns.models import Action, ActionState, Alert, AlertState


def schedule(request: HttpRequest, alert: Alert) -> None:
    """Schedules it, if the page that was sent showed all it is warned of; else says that first."""
    shown = request.POST.get(f"warned-{alert.pk}", "").split()
    unseen = [one.text for one in rules.warnings_of(alert, rules.alerts_near([alert])) if one.code not in shown]
    # What refuses it is said by scheduling; a warning beside it would be one thing too many.
    if alert.state == AlertState.DRAFT and unseen and not rules.problems_of(alert):
        text = _("“%(alert)s” is saved, not scheduled yet: %(warnings)s If that is meant, schedule it once more.")
        messages.warning(request, text % {"alert": alert, "warnings": " ".join(unseen)})
        return
    scheduling.schedule(request, alert)


def schedule_all(request: HttpRequest, action: Action) -> None:
    """Publishes the action if it is not yet, and schedules the drafts of its plan, in order."""
    if action.state == ActionState.DRAFT:
        scheduling.publish(request, action)
    now = timezone.now()
    drafts = [alert for alert in action.alerts.select_related("corrects") if alert.is_planned(now)]
    for alert in drafts:
        alert.action = action
        schedule(request, alert)
    if not drafts:
        messages.info(request, _("There is no draft left to schedule."))
