"""The limits of signing in, counted in the database by all web processes together."""

import os
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db.models import BinaryField, ExpressionWrapper, F
from django.utils import timezone

from campaigns.retention import forget
from mobilise import engines
from mobilise.throttles.models import Remembered
from mobilise.throttles.table_cache import TableCache
from tests.databases_elsewhere import SqliteDatabases

ADDRESS = "192.0.2.77"
# Of one name: allauth's five in five minutes.
TRIES = """
import django; django.setup()
from django.test import Client
from django.conf import settings
from urllib.parse import urlsplit
for number in range({number}):
    page = Client().post(
        "/accounts/login/", {{"login": "somebody", "password": "wrong"}}, REMOTE_ADDR="192.0.2.{process}", secure=True,
        HTTP_HOST=urlsplit(settings.SITE_URL).netloc, HTTP_ACCEPT_LANGUAGE="en",
    )
    print(page.status_code, "Too many" in page.content.decode())
"""


@pytest.mark.skipif(os.environ.get("TEST_ENGINE", "sqlite") != "sqlite", reason="once is enough")
def test_a_second_process_goes_on_where_the_first_one_was(tmp_path: Path) -> None:
    database = SqliteDatabases(tmp_path).empty().migrated()

    first = database.run("-c", TRIES.format(number=5, process=1))
    second = database.run("-c", TRIES.format(number=1, process=2))

    assert first.stdout.splitlines() == ["200 False"] * 5
    assert second.stdout.splitlines() == ["200 True"]


@pytest.fixture
def cache(settings: Any) -> TableCache:
    settings.CACHE_URL = ""
    settings.CACHES = engines.caches("")
    made = caches["default"]
    assert isinstance(made, TableCache)
    return made


@pytest.mark.django_db
def test_it_answers_as_djangos_caches_do(cache: TableCache) -> None:
    cache.set("number", 1)

    assert (cache.get("a"), cache.get("a", "nothing")) == (None, "nothing")
    assert (cache.add("a", [1.5, 2]), cache.add("a", 3), cache.get("a")) == (True, False, [1.5, 2])
    assert (cache.touch("a", 10), "a" in cache, cache.delete("a"), "a" in cache) == (True, True, True, False)
    assert (cache.touch("a", 10), cache.delete("a")) == (False, False)
    assert (cache.incr("number"), cache.get("number")) == (2, 2)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("nothing")
    cache.set("b", 1, timeout=None)
    assert cache.get("b") == 1
    cache.clear()
    assert Remembered.objects.count() == 0


@pytest.mark.django_db
def test_what_is_over_is_not_there_and_is_forgotten(cache: TableCache) -> None:
    cache.set("a", 1)
    Remembered.objects.update(until=timezone.now())
    assert (cache.get("a"), cache.touch("a"), cache.add("a", 2), cache.get("a")) == (None, False, True, 2)

    forget(timezone.now() + timedelta(hours=1))
    assert Remembered.objects.count() == 0


@pytest.mark.django_db
def test_its_rows_name_nobody(cache: TableCache, client: Any) -> None:
    client.post("/accounts/login/", {"login": "somebody", "password": "wrong"}, REMOTE_ADDR=ADDRESS)
    cache.set(ADDRESS, ADDRESS)

    stored = ExpressionWrapper(F("value"), output_field=BinaryField())
    rows = Remembered.objects.annotate(stored=stored).values_list("digest", "stored")
    assert len(rows) > 1
    assert not re.search(ADDRESS.encode(), b"".join(bytes(part) for row in rows for part in row))
    assert {len(bytes(digest)) for digest, _ in rows} == {32}
