"""Office hours: on the wall clock of the place that is called."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.rules.outreach.holidays import is_working_day

# Morning and afternoon: the hours in which nearly every town hall in France answers, lunch aside.
HOURS = ((time(9), time(12)), (time(14), time(17)))
# A long weekend with two holidays beside it is shorter.
_LOOK_AHEAD_DAYS = 10

_OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "984": "Indian/Reunion",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Office hours without a break: from ``opens_at`` up to but not including ``closes_at``, in UTC."""

    opens_at: datetime
    closes_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it is now."""
        return self.opens_at <= now < self.closes_at


def zone_of_departement(departement: str, zone: ZoneInfo) -> ZoneInfo:
    """Overseas it is the territory's own; everywhere else the action's (``zone``)."""
    return ZoneInfo(_OVERSEAS[departement]) if departement in _OVERSEAS else zone


def window_in(zone: ZoneInfo, now: datetime) -> Window:
    """The one that holds now, or the next one."""
    today = now.astimezone(zone).date()
    for ahead in range(_LOOK_AHEAD_DAYS):
        day = today + timedelta(days=ahead)
        if not is_working_day(day):
            continue
        for opens, closes in HOURS:
            window = Window(_moment(day, opens, zone), _moment(day, closes, zone))
            if now < window.closes_at:
                return window
    raise AssertionError("There is a working day in every ten.")


def is_office_hour(departement: str, zone: ZoneInfo, now: datetime) -> bool:
    """Whether one may call there now."""
    return window_in(zone_of_departement(departement, zone), now).holds(now)


def office_window(departements: Iterable[str], zone: ZoneInfo, now: datetime) -> Window:
    """In which at least one of these may be called: now, as long as possible; else the soonest. None named: ``zone``'s.

    A window is followed by another at once where one of them closes while another is open: ask again at its end.
    """
    zones = {zone_of_departement(departement, zone) for departement in departements} or {zone}
    windows = [window_in(one, now) for one in zones]
    opened = [window for window in windows if window.holds(now)]
    if opened:
        return max(opened, key=lambda window: window.closes_at)
    return min(windows)


def _moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)
