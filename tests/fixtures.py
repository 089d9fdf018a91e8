"""What every test starts from: nothing in the process's memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache

from mobilise.ready import ready_answers
from mobilise.throttles import redis_server
from mobilise.throttles.models import day_key


@pytest.fixture(autouse=True)
def _nothing_is_ready() -> Iterator[None]:
    """Answers that were built for one test's rows are not another's."""
    ready_answers.clear()
    yield
    ready_answers.clear()


@pytest.fixture(autouse=True)
def _nothing_is_counted() -> Iterator[None]:
    """What one test counted, in Redis or while that was away, is not another's, nor is the day's key."""
    yield
    day_key.cache_clear()
    if settings.CACHE_URL:
        cache.clear()
        redis_server.server(settings.CACHE_URL).flushdb()


@pytest.fixture(autouse=True, scope="session")
def _collected_files() -> None:
    """The folder of collected files is there, though empty."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
