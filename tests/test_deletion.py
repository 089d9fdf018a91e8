"""Deleted means gone: from SQLite's file and its log, byte for byte, and from PostgreSQL's dump, files, statistics."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Device, Subscription
from campaigns.models import Participation, Tally
from campaigns.models.participation import participation_token
from campaigns.retention import forget
from mobilise import write_ahead
from tests.api import ApiClient
from tests.counting import hit
from tests.make import make_device, make_follow, make_hashtag_push, make_push_keys, make_subscription, make_user
from tests.seized import holds, raw_dump
from tests.test_export import rich_device

pytestmark = pytest.mark.django_db(transaction=True)


def traces_of(device: Device) -> dict[str, bytes]:
    """What tables hold of a phone, each long and random enough to be looked for."""
    row = Subscription.objects.get(device=device)
    tokens = {
        f"token {part.pk}": bytes(participation_token(part.action, device.pk))
        for part in Participation.objects.all_of(device)
    }
    numbers = {
        "uuid": device.uuid.bytes,
        "uuid, hex": device.uuid.hex.encode(),
        "uuid, text": str(device.uuid).encode(),
    }
    digest, blob = bytes(row.endpoint_digest), bytes(row.blob)
    return {**numbers, "cookie": device.secret_digest.encode(), "digest": digest, "blob": blob, **tokens}


def found(traces: dict[str, bytes], dump: bytes) -> set[str]:
    return {name for name, value in traces.items() if holds(dump, value)}


@pytest.fixture
def erased() -> Device:
    """A phone of which every table knows, among others."""
    device = rich_device(make_user())
    push = make_hashtag_push()
    make_follow(push.campaign, device)
    body = {"stage": "done"}
    assert ApiClient(device).call("PUT", f"actions/{push.uuid}/participation", body).status_code == 200
    return device


def test_of_a_phone_that_is_erased_no_byte_is_left(erased: Device):
    traces = traces_of(erased)
    push = Participation.objects.all_of(erased)[-1].action
    sums = Tally.objects.sums(push)
    # The search finds all of it before; of its number only one form is stored.
    assert found(traces, raw_dump()) >= set(traces) - {"uuid", "uuid, hex", "uuid, text"}
    assert found(traces, raw_dump()) & {"uuid, hex", "uuid, text"}

    assert ApiClient(erased).call("DELETE", "device").status_code == 204
    forget(timezone.now())

    assert found(traces, raw_dump()) == set()
    assert Tally.objects.sums(push) == sums
    assert sums["done"]["total"] == 1


def test_what_is_over_leaves_no_byte(erased: Device):
    push = make_hashtag_push(ends_at=timezone.now() + timedelta(hours=1))
    assert ApiClient(erased).call("PUT", f"actions/{push.uuid}/participation", {"stage": "joined"}).status_code == 200
    traces = {"token": bytes(participation_token(push, erased.pk)), "key": bytes(sealed_key(push.pk))}
    assert found(traces, raw_dump()) == set(traces)

    forget(timezone.now() + timedelta(days=8))

    assert found(traces, raw_dump()) == set()


def sealed_key(action: int) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT participation_key FROM campaigns_action WHERE id = %s", [action])
        return bytes(cursor.fetchone()[0])


def table_files(*tables: str) -> bytes:
    """The bytes of PostgreSQL's files of these tables."""
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        parts = []
        for table in tables:
            cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath(%s::regclass))", [table])
            parts.append(bytes(cursor.fetchone()[0]))
    return b"".join(parts)


@pytest.mark.skipif(os.environ.get("TEST_ENGINE", "sqlite") == "sqlite", reason="about PostgreSQL's files")
def test_postgres_gives_the_bytes_up_when_the_tables_are_written_anew(erased: Device):
    tables = ("accounts_device", "accounts_subscription", "campaigns_participation")
    traces = {name: value for name, value in traces_of(erased).items() if name in ("cookie", "digest", "blob")}
    assert found(traces, table_files(*tables)) == set(traces)
    assert ApiClient(erased).call("DELETE", "device").status_code == 204

    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM FULL {table}")

    assert found(traces, table_files(*tables)) == set()


def statistics() -> bytes:
    """Every value that PostgreSQL's planner has copied out of a table."""
    kept = ", ".join(f"stavalues{number}::text" for number in range(1, 6))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute(f"SELECT concat_ws(' ', {kept}) FROM pg_statistic")  # noqa: S608  # of numbers alone
        return "\n".join(text for (text,) in cursor.fetchall()).encode()


@pytest.mark.skipif(os.environ.get("TEST_ENGINE", "sqlite") == "sqlite", reason="about PostgreSQL's statistics")
def test_postgres_statistics_hold_no_byte_of_a_phone_nor_of_an_action_that_is_over(erased: Device):
    traces = traces_of(erased)
    action = Participation.objects.all_of(erased)[-1].action
    traces["key"] = bytes(sealed_key(action.pk))
    # Of a column with a single value no bounds are kept.
    other = make_device()
    make_subscription(other, make_push_keys("https://push.example/other"))
    assert ApiClient(other).call("PUT", f"actions/{action.uuid}/participation", {"stage": "done"}).status_code == 200

    assert found(traces, statistics()) == set()
    assert ApiClient(erased).call("DELETE", "device").status_code == 204
    assert found(traces, statistics()) == set()


@pytest.mark.skipif(os.environ.get("TEST_ENGINE", "sqlite") != "sqlite", reason="about SQLite's log")
def test_the_log_of_sqlite_is_emptied_unless_somebody_reads():
    file = Path(f"{connection.settings_dict['NAME']}-wal")
    hit("one", timezone.now())
    assert file.stat().st_size > 0
    reader = connection.copy()
    with reader.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
        cursor.execute("SELECT count(*) FROM throttles_count")
        assert cursor.fetchone()[0] == 1
        hit("two", timezone.now())
        assert write_ahead.empty() is False
        cursor.execute("ROLLBACK")
    reader.close()
    assert write_ahead.empty() is True
    assert file.stat().st_size == 0
    # Writers wait as long as before.
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone()[0] == write_ahead.BACK_MILLISECONDS
