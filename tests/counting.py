"""Counting one call as the limits count it."""

from datetime import datetime, timedelta
from typing import Any

from mobilise.throttles.models import Ask, Count

HOUR = timedelta(hours=1)
# Of no interest to whoever only counts.
MOST = 10**6


def hit(subject: str, now: datetime, window: timedelta = HOUR, *, counts: Any = Count) -> int:
    """How many calls of this address there now are in the window."""
    hits: list[int] = counts.hit_in_turn((None, None, Ask("scope", subject, MOST, window)), now)
    return hits[-1]
