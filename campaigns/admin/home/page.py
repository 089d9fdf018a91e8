"""The first page after signing in. Asked for as JSON it answers with what changes on it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.site import site
from campaigns.admin.access import organiser_of, roles_of
from campaigns.admin.actions.status import LATER, SOON
from campaigns.admin.home.reading import coming_days, live_actions, stoppable_alerts, waiting_alerts, waiting_changes
from campaigns.admin.home.troubles import troubles_of
from campaigns.models import AlertState, Role

FRAGMENTS = ("troubles", "waiting", "live", "coming")


def start_page(request: HttpRequest) -> HttpResponse:
    """What is live, next, waiting for me, wrong; then what can be made."""
    context = _context(request)
    if request.headers.get("Accept") == "application/json":
        fragments = {
            name: render_to_string(f"admin/campaigns/home/{name}.html", context, request) for name in FRAGMENTS
        }
        return JsonResponse({"fragments": fragments, "fixed": [], "ask_again": context["ask_again"]})
    return site.index(request, context)


def _context(request: HttpRequest) -> dict[str, Any]:
    now, roles, me = timezone.now(), roles_of(request), organiser_of(request)
    days = coming_days(roles, now)
    states = {stop.alert.state for day in days for stop in day.stops}
    return {
        "title": _("Where we stand"),
        "troubles": troubles_of(roles, now),
        "waiting_alerts": waiting_alerts(roles, me.pk, now),
        "stoppable_alerts": stoppable_alerts(roles, now),
        "waiting_changes": waiting_changes(roles, me.pk),
        "live": live_actions(roles, now),
        "days": days,
        "has_campaigns": bool(roles),
        "owns_some": Role.OWNER in roles.values(),
        "has_drafts": AlertState.DRAFT in states,
        "ask_again": SOON if AlertState.SENDING in states else LATER,
    }
