"""Moments of the demo, written from today: `now-90m`, `now+2h`, `day+1 12:00`."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
FROM_NOW = re.compile(r"now(?:([+-]\d+)([mh]))?")
ON_A_DAY = re.compile(r"day([+-]\d+)? (\d\d:\d\d)")
UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1)}
QUARTER = 15


def moment(text: str, now: datetime) -> datetime:
    """The moment that ``text`` means at ``now``; hours of a day are those of Paris. Raises ValueError."""
    if found := FROM_NOW.fullmatch(text):
        # Full quarters: nobody calls for 17:43.
        quarter = now.replace(minute=now.minute // QUARTER * QUARTER, second=0, microsecond=0)
        return quarter + int(found[1]) * UNITS[found[2]] if found[1] else now
    if found := ON_A_DAY.fullmatch(text):
        day = now.astimezone(ZONE).date() + timedelta(days=int(found[1] or 0))
        return datetime.combine(day, time.fromisoformat(found[2]), tzinfo=ZONE)
    raise ValueError(f"“{text}” is no moment of the demo.")
