"""The throttle's counts in Redis, under the same names as in the table: nothing there names anybody."""

from datetime import datetime, timedelta

from django.conf import settings
from redis.exceptions import RedisError

from mobilise.throttles.models import Count, Window, day_key, name_of
from mobilise.throttles.redis_server import absence, server


class RedisCounts:
    """Counts in Redis. While it is away, in the table: limits hold, nobody is locked out, and nothing fails."""

    @classmethod
    def hit(cls, scope: str, subject: str, now: datetime, window: timedelta) -> tuple[int, float]:
        """Counts one more, atomically. Returns (hits in this window, seconds until it ends)."""
        if not absence.is_on():
            try:
                return _hit(scope, subject, Window.at(now, window))
            except RedisError as error:
                absence.note(error)
        return Count.hit(scope, subject, now, window)


def _hit(scope: str, subject: str, window: Window) -> tuple[int, float]:
    key = f"throttle:{window.end:%Y%m%d%H%M%S}:{name_of(scope, subject, day_key(window.start.date())).hex()}"
    with server(settings.CACHE_URL).pipeline(transaction=True) as both:
        both.incr(key)
        both.expire(key, window.length)
        hits, _ = both.execute()
    return int(hits), window.seconds_left
