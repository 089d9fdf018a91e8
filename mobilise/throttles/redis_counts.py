"""The throttle's counts in Redis, under the same names as in the table: nothing there names anybody."""

from datetime import datetime

from django.conf import settings
from redis.exceptions import RedisError

from mobilise.throttles.models import Ask, Asks, Count, Window, day_key, name_of
from mobilise.throttles.redis_server import absence, server


class RedisCounts:
    """Counts in Redis. While it is away, in the table: limits hold, nobody is locked out, and nothing fails."""

    @classmethod
    def hit_in_turn(cls, asks: Asks, now: datetime) -> list[int]:
        """Counts one more for each, atomically, up to the first that is over its most: how many each now is, or 0."""
        hits = [0] * len(asks)
        for place, ask in enumerate(asks):
            if ask:
                hits[place] = _hit(ask, place, now)
                if hits[place] > ask.most:
                    break
        return hits


def _hit(ask: Ask, place: int, now: datetime) -> int:
    if not absence.is_on():
        try:
            return _hit_in_redis(ask, Window.at(now, ask.window))
        except RedisError as error:
            absence.note(error)
    alone: Asks = (ask if place == 0 else None, ask if place == 1 else None, ask if place == 2 else None)
    return Count.hit_in_turn(alone, now)[place]


def _hit_in_redis(ask: Ask, window: Window) -> int:
    digest = name_of(ask.scope, ask.subject, day_key(window.start.date()))
    key = f"throttle:{window.end:%Y%m%d%H%M%S}:{digest.hex()}"
    with server(settings.CACHE_URL).pipeline(transaction=True) as both:
        both.incr(key)
        both.expire(key, window.length)
        hits, _ = both.execute()
    return int(hits)
