"""Limits in Redis: what is kept there, and what happens without it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.utils import timezone

from mobilise import engines
from mobilise.throttles import limits
from mobilise.throttles.limits import Limit
from mobilise.throttles.models import Count
from mobilise.throttles.redis_counts import RedisCounts
from mobilise.throttles.redis_server import absence, server
from mobilise.throttles.shared_cache import SharedCache
from tests import counting
from tests.api import ApiClient
from tests.engines import or_skip
from tests.make import make_device, make_user
from tests.servers import Redis

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ADDRESS = "192.0.2.77"


@pytest.fixture
def redis(tmp_path: Path, settings: Any) -> Iterator[Redis]:
    """A server of its own that the settings name."""
    with or_skip(lambda: Redis(tmp_path)) as started:
        settings.CACHE_URL = started.url
        settings.CACHES = engines.caches(started.url)
        settings.THROTTLE_COUNTS = engines.throttle_counts(started.url)
        yield started
    absence.end()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test reaches."""
    monkeypatch.setattr(limits, "LIMITS", {scope: Limit(HOUR, device=2, address=3) for scope in limits.LIMITS})


def hit(subject: str = ADDRESS) -> int:
    return counting.hit(subject, timezone.now(), counts=RedisCounts)


def call_often() -> list[int]:
    client = ApiClient(make_device())
    return [client.call("PATCH", "device", {}).status_code for _ in range(3)]


def test_it_counts_under_names_that_name_nobody(redis: Redis):
    assert [hit() for _ in range(3)] == [1, 2, 3]
    assert hit("another") == 1

    names = server(redis.url).keys()
    assert len(names) == 2
    assert ADDRESS.encode() not in b"".join(names)
    assert not Count.objects.exists()


def test_it_forgets_when_the_window_is_over(redis: Redis):
    hit()

    (name,) = server(redis.url).keys()
    assert 0 < server(redis.url).ttl(name) <= 3600


def test_a_limit_holds(redis: Redis, small: None):
    assert call_often() == [200, 200, 429]


def test_without_redis_limits_hold_and_nothing_fails(redis: Redis, small: None, caplog: pytest.LogCaptureFixture):
    redis.stop()

    assert call_often() == [200, 200, 429]

    assert Count.objects.exists()
    assert "Redis did not answer" in caplog.text
    assert str(redis.port) not in caplog.text


def test_it_counts_in_redis_again_once_that_is_back(redis: Redis):
    redis.stop()
    assert hit() == 1
    redis.start()
    absence.end()

    hit()

    assert len(server(redis.url).keys()) == 1


def test_a_redis_that_hangs_is_waited_for_once(redis: Redis, small: None):
    redis.suspend()

    assert call_often() == [200, 200, 429]


# ---- the limits of signing in


def sign_in_wrongly(client: Any) -> str:
    page = client.post("/accounts/login/", {"login": "somebody", "password": "wrong"}, REMOTE_ADDR=ADDRESS)
    return str(page.content.decode())


def test_signing_in_is_limited_by_all_processes_together(redis: Redis, client: Any):
    sign_in_wrongly(client)

    names = server(redis.url).keys()
    assert names
    assert ADDRESS.encode() not in b"".join(names)
    values = [server(redis.url).get(name) for name in names]
    assert [json.loads(value) for value in values if value]


def test_signing_in_is_possible_and_limited_without_redis(redis: Redis, client: Any):
    redis.stop()
    user = make_user()
    user.set_password("correct horse battery staple")
    user.save()

    assert sign_in_wrongly(client)
    signed_in = client.post("/accounts/login/", {"login": user.username, "password": "correct horse battery staple"})

    assert signed_in.status_code == 302


def test_the_cache_answers_as_djangos_does(redis: Redis):
    cache = caches["default"]
    assert isinstance(cache, SharedCache)
    cache.set("number", 1)

    assert (cache.get("a"), cache.get("a", "nothing")) == (None, "nothing")
    assert (cache.add("a", [1.5, 2]), cache.add("a", 3), cache.get("a")) == (True, False, [1.5, 2])
    assert (cache.touch("a", 10), "a" in cache, cache.delete("a"), "a" in cache) == (True, True, True, False)
    assert (cache.incr("number"), cache.get("number")) == (2, 2)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("nothing")
