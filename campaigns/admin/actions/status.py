"""What changes on an action's page while its alerts are sent, as fragments that a small script puts in place."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from campaigns.admin.access import membership_of
from campaigns.admin.actions.bursts import words_of
from campaigns.admin.alerts.cards import AlertCard, status_cards
from campaigns.admin.notes.shown import notes_of
from campaigns.models import Action, AlertState, Tally
from campaigns.rules import told

# Milliseconds until the page asks again.
SOON, LATER = 2_500, 15_000
# An alert that leaves within this is watched like one that is being sent.
ABOUT_TO_LEAVE = timedelta(seconds=90)
# What refreshes beside the alerts' own cards.
FRAGMENTS = {
    "participation": "admin/campaigns/participation.html",
    "under-way": "admin/campaigns/under_way.html",
    "notes": "admin/campaigns/notes/list.html",
}


def context_of(action: Action, cards: Mapping[int, AlertCard]) -> dict[str, Any]:
    """Who takes part, what was or is being sent, the live notes, and when to ask again."""
    now = timezone.now()
    begun = [card.alert for card in cards.values() if card.alert.started_at is not None]
    return {
        "participation": _participation(action, now),
        "burst": _burst(action),
        "begun": begun,
        # What leaves now before what was paused.
        "under_way": sorted((one for one in cards.values() if one.is_under_way), key=lambda one: one.rate is None),
        "is_over": action.is_over(now),
        "ask_again": ask_again(action),
        **notes_of(action, now),
    }


def _burst(action: Action) -> str:
    """The largest of the action, in words; "" when there was none."""
    found = action.bursts.largest().get(action.pk)
    return words_of(found, action) if found else ""


def _participation(action: Action, now: datetime) -> dict[str, dict[str, int | None]]:
    """{"joined": {"total", "counted"}, "done": {...}}; once it is over the small-number rule holds here too."""
    sums = Tally.objects.sums(action)
    if not action.is_over(now):
        return {stage: {**numbers} for stage, numbers in sums.items()}
    return {stage: {name: told(number) for name, number in numbers.items()} for stage, numbers in sums.items()}


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
    context = {"opts": action._meta, "action": action, **context_of(action, cards)}
    fragments = {
        f"alert-{pk}": render_to_string("admin/campaigns/alert_status.html", {**context, "card": card}, request)
        for pk, card in cards.items()
    }
    for name, template in FRAGMENTS.items():
        fragments[name] = render_to_string(template, context, request)
    fixed = [alert.pk for alert in alerts if not alert.is_editable]
    return JsonResponse({"fragments": fragments, "fixed": fixed, "ask_again": context["ask_again"]})
