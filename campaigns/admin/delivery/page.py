"""The page on which organisers see how an alert is being delivered, and what of it refreshes."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.admin.access import organiser_of, owns
from campaigns.admin.actions.status import LATER, SOON
from campaigns.admin.alerts.figures import AlertFigures, figures_of, told_of
from campaigns.admin.alerts.reach import devices_in_words
from campaigns.admin.delivery.answers import answers_of
from campaigns.admin.delivery.chart import timeline_of
from campaigns.admin.delivery.reasons import Reason, reasons_of
from campaigns.models import Act, Alert, AlertState, PushHost
from campaigns.rules import Reach, full_tens
from campaigns.watching.totals import TALLIES_KEPT

logger = logging.getLogger(__name__)

FRAGMENTS = ("summary", "paused", "chart", "table", "reasons", "answers")
# Receipts and the counts of what was still under way come in for a while.
SETTLES = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Group:
    """Reasons that have the same end: it may still come, or not."""

    waits: bool
    reasons: list[Reason]

    @property
    def number(self) -> int:
        """Of devices."""
        return sum(reason.number for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Missed:
    """The devices that got nothing, and why."""

    groups: list[Group]

    @property
    def number(self) -> int:
        """Of devices."""
        return sum(group.number for group in self.groups)


def show(request: HttpRequest, alert: Alert, context: dict[str, Any]) -> HttpResponse:
    """The page."""
    page = {**context, **_context(request, alert), "title": _("Delivery"), "subtitle": str(alert)}
    return render(request, "admin/campaigns/delivery.html", page)


def refresh(request: HttpRequest, alert: Alert, context: dict[str, Any]) -> HttpResponse:
    """{"fragments": {name: html}, "fixed": [], "ask_again": milliseconds or null}."""
    fragment_context = {**context, **_context(request, alert)}
    fragments = {
        name: render_to_string(f"admin/campaigns/delivery/{name}.html", fragment_context, request) for name in FRAGMENTS
    }
    return JsonResponse({"fragments": fragments, "fixed": [], "ask_again": _ask_again(alert)})


def resume_host(request: HttpRequest, alert: Alert) -> None:
    """Sends to a paused push service again, at once. Raises PermissionDenied for all but the campaign's owners."""
    if not owns(request, alert.action.campaign):
        raise PermissionDenied
    pk = request.POST.get("host", "")
    paused = get_object_or_404(PushHost, pk=pk if pk.isdecimal() else None)
    with transaction.atomic():
        resumed = PushHost.objects.resume(paused.host, timezone.now())
        if resumed:
            alert.note(Act.HOST_RESUMED, organiser_of(request), paused.host)
    if resumed:
        logger.warning("push service %s: resumed by an owner", paused.host)
        messages.success(request, _("%(host)s is sent to again.") % {"host": paused.host})
    else:
        messages.info(request, _("%(host)s was not paused any more.") % {"host": paused.host})


def _context(request: HttpRequest, alert: Alert) -> dict[str, Any]:
    figures = figures_of([alert])[alert.pk]
    return {
        "alert": alert,
        "action": alert.action,
        "figures": told_of(alert, figures),
        "audience": devices_in_words(Reach(alert.audience_size or 0, True, True)) if alert.departements else "",
        "timeline": timeline_of(alert),
        "answers": answers_of(alert),
        "missed": _missed(alert, figures),
        "paused_hosts": PushHost.objects.paused().order_by("host"),
        "owns": owns(request, alert.action.campaign),
        "zone": timezone.get_current_timezone_name(),
        "ask_again": _ask_again(alert),
        "days_kept": TALLIES_KEPT.days,
        "is_old": bool(alert.started_at and alert.started_at < timezone.now() - TALLIES_KEPT),
    }


def _missed(alert: Alert, figures: AlertFigures) -> Missed:
    reasons = reasons_of(alert, figures)
    if alert.departements:
        reasons = [replace(one, number=full_tens(one.number)) for one in reasons if full_tens(one.number)]
    groups = [Group(waits, [reason for reason in reasons if reason.waits == waits]) for waits in (False, True)]
    return Missed([group for group in groups if group.reasons])


def _ask_again(alert: Alert) -> int | None:
    """Milliseconds until something may have changed; None when nothing will."""
    if alert.state == AlertState.SENDING:
        return SOON
    settling = alert.finished_at and alert.finished_at > timezone.now() - SETTLES
    if settling or alert.state in (AlertState.SCHEDULED, AlertState.AWAITING, AlertState.PAUSED):
        return LATER
    return None
