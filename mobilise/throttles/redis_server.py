"""The one way to Redis: quick to give up, and quick to do without it."""

import logging
from functools import lru_cache
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from mobilise.absence import Absence

TIMEOUT_SECONDS = 0.5
# A connection that Redis closed while it was idle is opened anew, once.
OPTIONS: dict[str, Any] = {
    "socket_timeout": TIMEOUT_SECONDS,
    "socket_connect_timeout": TIMEOUT_SECONDS,
    "retry": Retry(NoBackoff(), 1),
}

absence = Absence("Redis", "counting without it", logging.getLogger(__name__))


@lru_cache(maxsize=4)
def server(url: str) -> "Redis":
    """The server at ``url``, with connections of its own for each thread that asks."""
    return Redis.from_url(url, **OPTIONS)
