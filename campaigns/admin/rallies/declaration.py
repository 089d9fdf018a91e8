"""The deadline of a declaration in words: where, from when, until when, and that it is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Declaration, RallyCall
from campaigns.rules import Authority, Filing, Urge
from mobilise.fields import pick

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class FilingInWords:
    """What the page says of places that are declared alike."""

    places: str
    text: str
    where: str
    weekend: str
    is_late: bool


def describe_filings(filings: Iterable[Filing], rally: RallyCall, now: datetime) -> list[FilingInWords]:
    """In the language of the page; places of which the same is to be said share it, the most urgent first."""
    said = [_describe(filing, rally, now) for filing in filings]
    alike: dict[tuple[str, str, str], list[FilingInWords]] = {}
    for one in said:
        alike.setdefault((one.text, one.where, one.weekend), []).append(one)
    return [replace(group[0], places=" · ".join(one.places for one in group)) for group in alike.values()]


def _describe(filing: Filing, rally: RallyCall, now: datetime) -> FilingInWords:
    main = rally.campaign.main_language
    declared = rally.declaration == Declaration.DECLARED
    waits = not declared and filing.urge in (Urge.EARLY, Urge.OPEN, Urge.LAST_DAY)
    late = not declared and filing.urge == Urge.OVERDUE
    return FilingInWords(
        places=pick(filing.place, main, main),
        text=_say_declared(filing) if declared else _say(filing, now.astimezone(rally.zone).date()),
        where=_where(filing.authority) if waits or late else "",
        weekend=_weekend(filing.window.last) if waits else "",
        is_late=late,
    )


def _say(filing: Filing, today: date) -> str:
    window = filing.window
    values = {"first": day(window.first), "last": day(window.last)}
    if filing.urge == Urge.PAST:
        return _("It has begun; the last day to declare it was %(last)s.") % values
    if filing.urge == Urge.OVERDUE:
        late = (today - window.last).days
        text = ngettext(
            "Overdue by %(n)d day: the last day to declare it was %(last)s. Ask a lawyer, and the authority, what is "
            "still possible.",
            "Overdue by %(n)d days: the last day to declare it was %(last)s. Ask a lawyer, and the authority, what is "
            "still possible.",
            late,
        )
        return text % {"n": late, **values}
    if filing.urge == Urge.LAST_DAY:
        return _("Today is the last day to declare it.")
    if filing.urge == Urge.EARLY:
        return _("It can be declared from %(first)s on, and by %(last)s at the latest.") % values
    return _("To be declared by %(last)s at the latest.") % values


def _say_declared(filing: Filing) -> str:
    return _("The last day to declare it: %(last)s.") % {"last": day(filing.window.last)}


def _where(authority: Authority) -> str:
    if authority == Authority.POLICE_PREFECTURE:
        return _("At the préfecture de police (Paris).")
    return _("At the town hall, or at the prefecture where the State police serves.")


def _weekend(last: date) -> str:
    if last.weekday() < SATURDAY:
        return ""
    return _("That is a %(day)s: offices may be closed, go before.") % {"day": date_format(last, "l")}


def day(moment: date) -> str:
    """With the day of the week: that is what one plans by."""
    return date_format(moment, "l j F Y")
