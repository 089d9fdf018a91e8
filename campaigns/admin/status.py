"""What changes on an action's page while its alerts are sent, as fragments that a small script puts in place."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from campaigns.admin.access import membership_of
from campaigns.admin.cards import status_cards
from campaigns.models import Action, AlertState, Tally

# Milliseconds until the page asks again.
SOON, LATER = 2_500, 15_000
# An alert that leaves within this is watched like one that is being sent.
ABOUT_TO_LEAVE = timedelta(seconds=90)


def context_of(action: Action) -> dict[str, Any]:
    """Who takes part, all and counted in public, what was or is being sent, and when to ask again."""
    begun = list(action.alerts.filter(started_at__isnull=False))
    for alert in begun:
        alert.action = action
    return {"participation": Tally.objects.sums(action), "begun": begun, "ask_again": ask_again(action)}


def ask_again(action: Action) -> int | None:
    """Milliseconds until something may have changed; None when nothing will."""
    now = timezone.now()
    alerts = list(action.alerts.values_list("state", "send_at"))
    waiting = [send_at for state, send_at in alerts if state == AlertState.SCHEDULED]
    if any(state == AlertState.SENDING for state, _ in alerts) or any(at <= now + ABOUT_TO_LEAVE for at in waiting):
        return SOON
    if waiting or action.is_open(now) or any(state in (AlertState.AWAITING, AlertState.PAUSED) for state, _ in alerts):
        return LATER
    return None


def answer(request: HttpRequest, action: Action) -> HttpResponse:
    """{"fragments": {id: html}, "fixed": [ids of alerts that cannot be edited any more], "ask_again": ms or null}."""
    alerts = list(action.alerts.select_related("corrects"))
    for alert in alerts:
        alert.action = action
    cards = status_cards(alerts, membership_of(request, action))
    context = {"opts": action._meta, **context_of(action)}
    fragments = {
        f"alert-{pk}": render_to_string("admin/campaigns/alert_status.html", {**context, "card": card}, request)
        for pk, card in cards.items()
    }
    fragments["participation"] = render_to_string("admin/campaigns/participation.html", context, request)
    fixed = [alert.pk for alert in alerts if not alert.is_editable]
    return JsonResponse({"fragments": fragments, "fixed": fixed, "ask_again": context["ask_again"]})
