"""The throttle's counts in Redis, under the same names as in the table: nothing there names anybody."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from redis.exceptions import RedisError

from mobilise.throttles.models import Ask, Asks, Count, Window, day_key, in_turn, name_of
from mobilise.throttles.redis_server import absence, server


class RedisCounts:
    """Counts in Redis. While it is away, in the table: limits hold, nobody is locked out, and nothing fails."""

    @classmethod
    def hit_in_turn(cls, asks: Asks, now: datetime) -> list[int]:
        """Counts one more for each, atomically, up to the first that is over its most: how many each now is, or 0."""
        return cls.hit_together([asks], now)[0]

    @classmethod
    def hit_together(cls, calls: Sequence[Asks], now: datetime) -> list[list[int]]:
        """The same for several calls at once: all their first asks, then the second ones, and so on."""
        return in_turn(calls, lambda asks: _hit_each(asks, now))


def _hit_each(asks: Sequence[Ask], now: datetime) -> list[int]:
    if not absence.is_on():
        try:
            return _hit_in_redis(asks, now)
        except RedisError as error:
            absence.note(error)
    return Count.hit_each(asks, now)


def _hit_in_redis(asks: Sequence[Ask], now: datetime) -> list[int]:
    with server(settings.CACHE_URL).pipeline(transaction=True) as all_of_them:
        for ask in asks:
            window = Window.at(now, ask.window)
            digest = name_of(ask.scope, ask.subject, day_key(window.start.date()))
            key = f"throttle:{window.end:%Y%m%d%H%M%S}:{digest.hex()}"
            all_of_them.incr(key)
            all_of_them.expire(key, window.length)
        return [int(hits) for hits in all_of_them.execute()[::2]]
