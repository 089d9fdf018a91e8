"""What went wrong, or is about to: each in words, with the page on which something can be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns import rules
from campaigns.admin.actions.bursts import words_of
from campaigns.admin.alerts.figures import figures_of, told_of
from campaigns.admin.fields.moments import MOMENT_FORMAT
from campaigns.admin.home.reading import Roles, address_of, address_of_alert, alerts_of
from campaigns.models import Action, ActionState, Alert, AlertState, Burst, Declaration, PushHost
from campaigns.models.alerts.queryset import OF_WHAT_LASTS
from campaigns.models.kinds import UNCONFIRMED_AFTER
from campaigns.rules import Urge
from campaigns.watching.labels import host_label
from campaigns.watching.readiness import look

# Older trouble is told by the pages of the alerts.
BACK = timedelta(days=3)
# Who hears of it a day later can do nothing about it any more.
BURST_BACK = timedelta(days=1)
# A draft whose minute comes within this is probably meant to leave.
SOON = timedelta(hours=3)
# An action that begins within this should be there to be seen.
NEXT_DAY = timedelta(days=1)
# So many devices, and this part of an audience, without an answer or refused: something is wrong with sending.
LEAST_FAILED, PART_FAILED = 10, 0.05


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing in words, and where to see more of it."""

    words: str
    url: str = ""
    is_grave: bool = False


def troubles_of(roles: Roles, now: datetime) -> list[Trouble]:
    """The grave ones first."""
    ours = [*_unpublished(roles, now), *_unconfirmed(roles, now), *_undeclared(roles, now), *_bursts(roles, now)]
    found = [*_site(now), *ours, *_drafts(roles, now), *_past(roles, now)]
    return sorted(found, key=lambda trouble: not trouble.is_grave)


def _site(now: datetime) -> Iterator[Trouble]:
    """What holds for all campaigns: a part that does not work, a push service that refuses us."""
    for part in look(now):
        if not part.works:
            text = _("A part of this site does not work: %(part)s. Alerts may be late. Tell whoever runs the server.")
            yield Trouble(text % {"part": part.name}, is_grave=True)
    for host in sorted({host_label(row.host) for row in PushHost.objects.paused()}):
        text = _("The push service %(host)s refuses what this site sends and is paused. Its phones wait.")
        yield Trouble(text % {"host": host}, is_grave=True)


def _unconfirmed(roles: Roles, now: datetime) -> Iterator[Trouble]:
    """Cases that followers see greyed."""
    open_ones = Action.objects.open_at(now).filter(campaign__in=list(roles))
    cases = open_ones.filter(solidarityalert__checked_at__lt=now - UNCONFIRMED_AFTER)
    for action in cases.select_related("campaign", "solidarityalert"):
        if case := rules.case_of(action):
            when = date_format(case.checked_at.astimezone(case.zone), MOMENT_FORMAT)
            text = _("“%(action)s” is unconfirmed since %(when)s: confirm it, or correct it.")
            yield Trouble(text % {"action": action, "when": when}, address_of(action))


def _undeclared(roles: Roles, now: datetime) -> Iterator[Trouble]:
    """Rallies whose declaration is due today, or overdue."""
    late = _("“%(action)s” is not declared, and the last day for it is over.")
    last = _("“%(action)s” is not declared: today is the last day for it.")
    coming = Action.objects.filter(campaign__in=list(roles), state=ActionState.PUBLISHED, starts_at__gt=now)
    waiting = coming.filter(rallycall__declaration=Declaration.UNDECLARED).select_related("campaign", "rallycall")
    for action in waiting.prefetch_related("rallycall__gatherings"):
        rally = rules.rally_of(action)
        urges = {filing.urge for filing in rules.filings_of(rally, now)} if rally else set()
        if urges & {Urge.OVERDUE, Urge.LAST_DAY}:
            text = late if Urge.OVERDUE in urges else last
            yield Trouble(text % {"action": action}, address_of(action), is_grave=True)


def _unpublished(roles: Roles, now: datetime) -> Iterator[Trouble]:
    """Actions that begin soon and that nobody has published; the next ones of a series are made as drafts."""
    drafts = Action.objects.filter(campaign_id__in=list(roles), state=ActionState.DRAFT, ends_at__gt=now)
    for action in drafts.filter(starts_at__lt=now + NEXT_DAY).select_related("campaign").order_by("starts_at", "pk"):
        text = _("“%(action)s” begins %(when)s but is a draft: nobody sees it unless it is published.")
        when = date_format(action.starts_at.astimezone(action.zone), MOMENT_FORMAT)
        yield Trouble(text % {"action": action, "when": when}, address_of(action))


def _drafts(roles: Roles, now: datetime) -> Iterator[Trouble]:
    """Alerts whose minute is near, or over, and that nobody scheduled."""
    drafts = alerts_of(roles).filter(OF_WHAT_LASTS, state=AlertState.DRAFT, expires_at__gt=now)
    for alert in drafts.filter(send_at__lt=now + SOON, send_at__gt=now - BACK).order_by("send_at"):
        text = _("“%(alert)s” is planned for %(when)s but not scheduled: it will not be sent.")
        if alert.held_back:
            text = _("“%(alert)s” of %(when)s was held back at its minute: %(reason)s.")
        values = {**_names(alert), "reason": alert.get_held_back_display()}
        yield Trouble(text % values, address_of_alert(alert), is_grave=bool(alert.held_back))


def _bursts(roles: Roles, now: datetime) -> Iterator[Trouble]:
    """Actions into which one network address tapped very often. 2 statements at most."""
    recent = Burst.objects.filter(action__campaign__in=list(roles), begins_at__gt=now - BURST_BACK)
    largest = recent.largest()
    actions = Action.objects.filter(pk__in=list(largest)).select_related("campaign") if largest else ()
    for action in actions:
        yield Trouble(f"“{action}”: {words_of(largest[action.pk], action)}", address_of(action))


def _past(roles: Roles, now: datetime) -> Iterator[Trouble]:
    """Alerts of the last days that stand still, never left, or did not reach many."""
    begun = Q(state__in=(AlertState.SENDING, AlertState.PAUSED, AlertState.SENT, AlertState.EXPIRED))
    unanswered = Q(OF_WHAT_LASTS, state=AlertState.AWAITING, expires_at__lte=now)
    held_back = Q(OF_WHAT_LASTS, state=AlertState.DRAFT, expires_at__lte=now) & ~Q(held_back="")
    found = alerts_of(roles).filter(begun | unanswered | held_back, expires_at__gt=now - BACK)
    alerts = list(found.order_by("send_at"))
    figures = figures_of(alerts)
    for alert in alerts:
        told = told_of(alert, figures[alert.pk])
        missed = told.failed + told.refused
        if alert.state == AlertState.EXPIRED and alert.started_at is None:
            text = _("“%(alert)s” of %(when)s was never sent: its window was over before it could begin.")
        elif alert.state == AlertState.AWAITING:
            text = _("“%(alert)s” of %(when)s was never sent: nobody approved it in time.")
        elif alert.state == AlertState.DRAFT:
            text = _("“%(alert)s” of %(when)s was held back at its minute: %(reason)s.")
        elif alert.state == AlertState.PAUSED:
            text = _("“%(alert)s” of %(when)s is paused: the rest of it waits for somebody to resume it.")
        elif missed >= max(LEAST_FAILED, PART_FAILED * (alert.audience_size or 0)):
            text = _("“%(alert)s” of %(when)s did not reach %(n)d devices: their push services refused or were silent.")
        else:
            continue
        values = {**_names(alert), "n": missed, "reason": alert.get_held_back_display()}
        yield Trouble(text % values, address_of_alert(alert), is_grave=bool(alert.held_back))


def _names(alert: Alert) -> dict[str, object]:
    return {"alert": alert, "when": date_format(alert.send_at.astimezone(alert.action.zone), MOMENT_FORMAT)}
