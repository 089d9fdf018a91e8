"""What each push service answered to an alert, in words."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Alert, DeliveryTally
from campaigns.watching.labels import OTHER, host_label, outcome_of

_MEANINGS = {
    "404": gettext_lazy("the phone is gone: its subscription is deleted"),
    "406": gettext_lazy("asks to come back later"),
    "408": gettext_lazy("asks to come back later"),
    "410": gettext_lazy("the phone is gone: its subscription is deleted"),
    "413": gettext_lazy("too large: a fault of this site"),
    "429": gettext_lazy("asks to come back later"),
    "timeout": gettext_lazy("no answer in time"),
    "cancelled": gettext_lazy("too slow: asked again apart from the others"),
    "reset": gettext_lazy("connection cut"),
    "tls": gettext_lazy("no secure connection"),
    "dns": gettext_lazy("its name was not found"),
    "connect": gettext_lazy("not reached"),
    "address": gettext_lazy("not reached"),
    "protocol": gettext_lazy("an answer that cannot be read"),
    "endpoint": gettext_lazy("not sent: the subscription cannot be used"),
    "keys": gettext_lazy("not sent: the subscription cannot be used"),
    "vapid": gettext_lazy("not sent: the subscription cannot be used"),
    "internal": gettext_lazy("a fault of this site"),
}
_BY_OUTCOME = {
    "accepted": gettext_lazy("accepted"),
    "refused": gettext_lazy("refused"),
    "retried": gettext_lazy("out of order: asked again later"),
    "failed": gettext_lazy("no answer"),
}
# What phones and browsers speak with; other services are said by their name alone.
_OWNERS = {
    "fcm.googleapis.com": "Google",
    "android.googleapis.com": "Google",
    "jmt17.google.com": "Google",
    "*.push.services.mozilla.com": "Mozilla",
    "*.push.apple.com": "Apple",
    "*.notify.windows.com": "Microsoft",
}
_ORDER = ("accepted", "gone", "refused", "retried", "failed")


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """One kind of answer: the status or word, what it means, how often."""

    answer: str
    meaning: str
    outcome: str
    number: int


@dataclass(frozen=True, slots=True)
class HostAnswers:
    """What one push service answered, the good ones first. ``name``: whose it is, if that is known."""

    name: str
    host: str
    rows: list[AnswerRow]


def answers_of(alert: Alert) -> list[HostAnswers]:
    """By push service, the busiest first, in one statement. Never by endpoint, nor by a name that a stranger chose."""
    rows = DeliveryTally.objects.filter(batch__alert_id=alert.pk).order_by().values_list("host", "answer")
    by_host: dict[str, Counter[str]] = defaultdict(Counter)
    for host, answer, number in rows.annotate(number=Sum("count")):
        by_host[host_label(host)][answer] += number
    busiest = sorted(by_host.items(), key=lambda item: -item[1].total())
    # By who took part it is not noted which service answered: of one with few phones it would say who was meant.
    everywhere = _("all push services together") if alert.is_by_part else ""
    return [
        HostAnswers(_OWNERS.get(host, ""), everywhere or _said(host), _rows(host, answers)) for host, answers in busiest
    ]


def _said(host: str) -> str:
    return _("others") if host == OTHER else host.removeprefix("*.")


def _rows(host: str, answers: Counter[str]) -> list[AnswerRow]:
    rows = []
    for answer, number in answers.items():
        outcome = outcome_of(answer, host)
        meaning = str(_MEANINGS.get(answer) or _BY_OUTCOME[outcome])
        rows.append(AnswerRow(answer if answer.isdecimal() else "", meaning, outcome, number))
    return sorted(rows, key=lambda row: (_ORDER.index(row.outcome), -row.number))
