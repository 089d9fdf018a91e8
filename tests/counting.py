"""Counting one call as the limits count it."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from mobilise.throttles.models import Ask, Count
from mobilise.throttles.redis_server import server

HOUR = timedelta(hours=1)
# Of no interest to whoever only counts.
MOST = 10**6


def hit(subject: str, now: datetime, window: timedelta = HOUR, *, counts: Any = Count) -> int:
    """How many calls of this address there now are in the window."""
    hits: list[int] = counts.hit_in_turn((None, None, Ask("scope", subject, MOST, window)), now)
    return hits[-1]


def counted() -> list[bytes]:
    """What is kept for each count: a row's digest, or a key of Redis's."""
    if settings.CACHE_URL:
        keys: list[bytes] = server(settings.CACHE_URL).keys()
        return keys
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM throttles_count")
        return [bytes(digest) for (digest,) in cursor.fetchall()]
