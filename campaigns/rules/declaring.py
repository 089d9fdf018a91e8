"""When and where a rally is declared to the authorities (CSI L.211-1 to L.211-4, sheet F21899).

Information, not legal advice; as of the day that the rights sheet names.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from campaigns.models import Declaration, RallyCall

# Whole days between that of the declaration and that of the rally.
FEWEST_CLEAR_DAYS, MOST_CLEAR_DAYS = 3, 15
PARIS = "75"


class Authority(StrEnum):
    """Who takes the declaration."""

    POLICE_PREFECTURE = "police_prefecture"  # Paris
    TOWN_HALL_OR_PREFECTURE = "town_hall_or_prefecture"


class Urge(StrEnum):
    """How the deadline stands on a day."""

    EARLY = "early"  # it cannot be declared yet
    OPEN = "open"
    LAST_DAY = "last_day"
    OVERDUE = "overdue"
    PAST = "past"  # the rally has begun


@dataclass(frozen=True, slots=True)
class DeclarationWindow:
    """The first and the last day on which it can be declared, in the rally's zone."""

    first: date
    last: date

    def urge(self, today: date) -> Urge:
        """How it stands today, before the rally."""
        if today < self.first:
            return Urge.EARLY
        if today > self.last:
            return Urge.OVERDUE
        return Urge.LAST_DAY if today == self.last else Urge.OPEN


@dataclass(frozen=True, slots=True)
class Filing:
    """The declaration that one place needs."""

    place: dict[str, str]  # empty: the rally has no gatherings yet
    starts_at: datetime
    window: DeclarationWindow
    authority: Authority
    urge: Urge


def declaration_window(starts_at: datetime, zone: ZoneInfo) -> DeclarationWindow:
    """3 clear days at least and 15 at most before: a Saturday's rally is declared by Tuesday."""
    day = starts_at.astimezone(zone).date()
    return DeclarationWindow(
        first=day - timedelta(days=MOST_CLEAR_DAYS + 1), last=day - timedelta(days=FEWEST_CLEAR_DAYS + 1)
    )


def filings_of(rally: RallyCall, now: datetime) -> list[Filing]:
    """One for each place at its earliest hour, the most urgent first; none for a banned rally."""
    if rally.declaration == Declaration.BANNED:
        return []
    earliest: dict[str, Filing] = {}
    for gathering in sorted(rally.gatherings.all(), key=lambda one: (one.starts_at, one.pk)):
        key = gathering.address.strip().casefold()
        if key not in earliest:
            earliest[key] = _filing(rally, gathering.starts_at, gathering.name, gathering.departement, now)
    return list(earliest.values()) or [_filing(rally, rally.starts_at, {}, "", now)]


def _filing(rally: RallyCall, starts_at: datetime, place: dict[str, str], departement: str, now: datetime) -> Filing:
    window = declaration_window(starts_at, rally.zone)
    urge = Urge.PAST if now >= starts_at else window.urge(now.astimezone(rally.zone).date())
    authority = Authority.POLICE_PREFECTURE if departement == PARIS else Authority.TOWN_HALL_OR_PREFECTURE
    return Filing(place, starts_at, window, authority, urge)
