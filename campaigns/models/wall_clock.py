"""Moving what belongs to an action along with it: on the wall clock of its zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def move_along(moment: datetime, old_start: datetime, new_start: datetime, zone: ZoneInfo) -> datetime:
    """What ``moment`` becomes (in UTC) when its action starts at ``new_start``: as far from the start by the clock.

    "The evening before at 18:00" stays that across a clock change. An hour that the clock skips becomes the next one.
    """
    moment, old_start, new_start = (one.astimezone(zone).replace(tzinfo=None) for one in (moment, old_start, new_start))
    return (new_start + (moment - old_start)).replace(tzinfo=zone).astimezone(UTC)


def move_window_along(
    window: tuple[datetime, datetime], old_start: datetime, new_start: datetime, zone: ZoneInfo
) -> tuple[datetime, datetime]:
    """The same for a window: in a night in which the clock changes it keeps its length rather than lose all of it."""
    begins, ends = (move_along(moment, old_start, new_start, zone) for moment in window)
    return begins, ends if ends > begins else begins + (window[1] - window[0])
