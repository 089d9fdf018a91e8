"""Why some devices of an alert's audience got nothing (yet), in plain words with numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from campaigns.admin.alerts.figures import AlertFigures
from campaigns.models import Alert, AlertState, Audience, Batch, PendingDelivery, PendingReason
from campaigns.models.push_host import PROBE_EVERY
from campaigns.watching.remembered import Remembered

# From so many devices on, counting those that wait takes long.
LARGE = 20_000
REMEMBERED_SECONDS = 10.0
WAITS_FOR_HOST = (PendingReason.HOST_PAUSED, PendingReason.PROBE)


@dataclass(frozen=True, slots=True)
class Reason:
    """So many devices, and why. ``waits``: it may still come."""

    number: int
    text: str
    waits: bool = False


_remembered: Remembered[list[Reason]] = Remembered(REMEMBERED_SECONDS)


def reasons_of(alert: Alert, figures: AlertFigures) -> list[Reason]:
    """The biggest first, in three statements. Their sum is the audience without those for whom it was accepted."""
    if alert.started_at is None:
        return []
    all_of_them = [*_waiting(alert), *_left(alert, figures), *_final(alert, figures)]
    return sorted((one for one in all_of_them if one.number > 0), key=lambda one: -one.number)


def _final(alert: Alert, figures: AlertFigures) -> Iterator[Reason]:
    """What became of those whose turn came."""
    yield Reason(figures.gone, _("The app or its alerts were removed from the phone: the subscription is deleted."))
    yield Reason(figures.unreachable, _("Alerts were off there, or never confirmed."))
    yield Reason(figures.quiet, _("Their quiet hours last longer than the alert is useful."))
    yield Reason(figures.skipped, str(_SKIPPED[Audience(alert.audience)]))
    yield Reason(figures.refused, _("The push service refused the message."))
    yield Reason(figures.failed, _failed(alert))
    yield Reason(figures.poisoned, _("What is stored of them cannot be used: tell whoever runs the server."))


_SKIPPED = {
    Audience.FOLLOWERS: gettext_lazy("No longer following, or this kind of alert was turned off there."),
    Audience.JOINED: gettext_lazy("Had not joined, or no longer following."),
    Audience.NOT_JOINED: gettext_lazy("Had joined, or no longer following."),
}


def _failed(alert: Alert) -> str:
    if alert.state == AlertState.CANCELLED:
        return _("Still waited for a good answer of the push service when the alert was cancelled.")
    return _("No good answer of the push service before the alert was over.")


def _waiting(alert: Alert) -> list[Reason]:
    """Those that are tried again; of a large audience as they were some seconds ago, for all who look at it."""
    if (alert.audience_size or 0) <= LARGE:
        return list(_count_waiting(alert))
    return _remembered.get((alert.pk, get_language()), lambda: list(_count_waiting(alert)))


def _count_waiting(alert: Alert) -> Iterator[Reason]:
    rows = PendingDelivery.objects.filter(alert_id=alert.pk).order_by()
    by_reason = rows.exclude(reason__in=WAITS_FOR_HOST).values_list("reason")
    for reason, number, last in by_reason.annotate(number=Count("pk"), last=Max("not_before")):
        yield Reason(number, str(_WAITS[reason]) % {"when": _hour(last)}, waits=True)
    by_host = rows.filter(reason__in=WAITS_FOR_HOST).values_list("host")
    text = _("Their push service, %(host)s, is paused; it is tried again every %(seconds)d s.")
    for host, number in by_host.annotate(number=Count("pk")):
        words = {"host": host or "?", "seconds": int(PROBE_EVERY.total_seconds())}
        yield Reason(number, text % words, waits=True)


_WAITS = {
    PendingReason.RETRY: gettext_lazy("The push service asked to come back later, the last at %(when)s."),
    PendingReason.SLOW_HOST: gettext_lazy("Their push service is slow: they are sent apart from the others."),
    PendingReason.QUIET_HOURS: gettext_lazy("Wait for the end of their quiet hours, the last at %(when)s."),
}


def _left(alert: Alert, figures: AlertFigures) -> Iterator[Reason]:
    """Those whose turn has not come, and those who left before it."""
    dealt_with = figures.accepted + figures.refused + figures.gone + figures.failed + figures.not_sent + figures.pending
    rest = (alert.audience_size or 0) - dealt_with
    if not Batch.objects.filter(alert_id=alert.pk).unfinished().exists():
        yield Reason(rest, _("Had stopped following before their turn."))
    elif alert.state == AlertState.CANCELLED:
        yield Reason(rest, _("The alert was cancelled before their turn."))
    elif alert.state == AlertState.EXPIRED:
        yield Reason(rest, _("The alert was over before their turn."))
    elif alert.state == AlertState.PAUSED:
        yield Reason(rest, _("The alert is paused; their turn has not come."), waits=True)
    else:
        yield Reason(rest, _("Their turn has not come yet."), waits=True)


def _hour(moment: datetime) -> str:
    """In the zone of the page; with the day when it is another."""
    local = timezone.localtime(moment)
    return date_format(local, "H:i" if local.date() == timezone.localdate() else "j M, H:i")
