"""The names of all time zones, read once: finding them opens several hundred files."""

from functools import lru_cache
from zoneinfo import available_timezones


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """All IANA zones that this system knows."""
    return frozenset(available_timezones())
