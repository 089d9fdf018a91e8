"""What PostgreSQL's statistics keep of columns, and what its planner makes of those of which they keep nothing."""

import os
from collections.abc import Iterable

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.models import Participation, Stage
from campaigns.models.participation import NEW_ROW, Gesture
from mobilise.fields import EncryptedBytesField
from mobilise.inserting import insert_missing
from mobilise.unordered import fresh_id
from mobilise.unsampled import stop_sampling, unsampled
from tests.make import make_device, make_rally_call

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(os.environ.get("TEST_ENGINE", "sqlite") == "sqlite", reason="about PostgreSQL's statistics"),
]
PARTS = 20_000
# As many as a worker looks for at once.
ASKED = 200


def rows(sql: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def expected_rows(sql: str) -> int:
    """How many rows the planner believes that the statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        return int(cursor.fetchone()[0][0]["Plan"]["Plan Rows"])


def names(model: type[models.Model], columns: Iterable[str]) -> set[tuple[str, str]]:
    return {(model._meta.db_table, column) for column in columns}


def test_no_column_of_a_person_or_a_secret_is_sampled():
    meant = set().union(*(names(model, unsampled(model)) for model in apps.get_models()))
    encrypted = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedBytesField | models.BinaryField)
    }
    assert meant > encrypted
    assert meant > {
        ("django_session", "session_key"),
        ("django_session", "session_data"),
        ("mfa_authenticator", "data"),
        ("accounts_device", "uuid"),
        ("accounts_device", "secret_digest"),
        ("accounts_user", "password"),
    }

    left_out = rows(
        "SELECT attrelid::regclass::text, attname FROM pg_attribute "
        "WHERE attstattarget = 0 AND attnum > 0 AND NOT attisdropped"
    )

    assert meant - {(str(table), str(column)) for table, column in left_out} == set()
    # An index on an expression would have samples of its own.
    ours = [model._meta.db_table for model in apps.get_models()]
    with_expressions = "SELECT indexrelid::regclass::text FROM pg_index WHERE indexprs IS NOT NULL AND indrelid::regclass::text = ANY(%s)"  # noqa: E501
    assert rows(with_expressions, ours) == []


def test_samples_that_there_are_go_and_the_table_is_not_written_anew():
    rally = make_rally_call()
    for _ in range(5):
        Participation.objects.take_part(rally, make_device(), Stage.JOINED, None, verified=True, now=timezone.now())
    sampled = "SELECT count(*) FROM pg_stats WHERE tablename = 'campaigns_participation' AND attname = 'token'"
    files = "SELECT pg_relation_filepath(oid) FROM pg_class WHERE relname ~ '^(campaigns_)?participation' ORDER BY 1"
    run("ALTER TABLE campaigns_participation ALTER COLUMN token SET STATISTICS -1")
    run("ANALYZE campaigns_participation")
    before = rows(files)
    assert rows(sampled) == [(1,)]

    with connection.schema_editor() as editor:
        stop_sampling("campaigns").code(apps, editor)

    run("ANALYZE campaigns_participation")
    assert rows(sampled) == [(0,)]
    assert rows(files) == before


def test_the_planner_knows_that_few_of_a_crowds_parts_are_asked_for():
    rally = make_rally_call()
    devices = range(1, PARTS + 1)
    tokens = [Gesture.of(rally, device, Stage.JOINED, None, True, timezone.now()).token for device in devices]
    values = [(fresh_id(), rally.pk, token, Stage.JOINED, None, True) for token in tokens]
    insert_missing(Participation, NEW_ROW, values)
    run("ANALYZE campaigns_participation")

    with CaptureQueriesContext(
        connection,
    ) as context:
        assert len(Participation.objects.joined_among(rally, devices[:ASKED])) == ASKED
        again = [Gesture.of(rally, device, Stage.DONE, None, True, timezone.now()) for device in devices[:ASKED]]
        Participation.objects.take_part_together(again)
        Participation.objects.all_of(make_device())

    reads = [one["sql"] for one in context.captured_queries if 'FROM "campaigns_participation"' in one["sql"]]
    assert len(reads) == 3
    # With so many it takes the index, however many parts there are.
    assert max(map(expected_rows, reads)) <= ASKED
