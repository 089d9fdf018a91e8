"""What somebody reads who carried a database away: PostgreSQL's dump, SQLite's file and log, rows in their order."""

import os
import subprocess
from collections.abc import Sequence
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient
from django.db.models import DateTimeField, Model
from django_tasks_db.models import DBTaskResult

from accounts.models import Device
from mobilise.throttles.redis_server import server
from tests.servers.server import find
from tests.sqlite_files import read_file

# How many phones a test needs for its orders to be no accident.
CROWD = 16


def raw_dump() -> bytes:
    """All that is carried away: pg_dump's text, or SQLite's file and its log, byte for byte."""
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        return b"\n".join(read_file(part) for part in (file, file.with_name(f"{file.name}-wal")) if part.exists())
    command, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    program = find("pg_dump", "postgresql-client", "/usr/lib/postgresql/*/bin")
    ran = subprocess.run([program, *command[1:]], env=os.environ | (environment or {}), capture_output=True, check=True)
    return ran.stdout


def holds(dump: bytes, value: bytes) -> bool:
    """Whether the dump holds these bytes, as they are or as pg_dump writes them."""
    return value in dump or value.hex().encode() in dump


def redis_dump() -> str:
    """Every key and value of Redis; "" without one."""
    if not settings.CACHE_URL:
        return ""
    there = server(settings.CACHE_URL)
    return "\n".join(f"{key!r} {there.type(key)!r} {there.dump(key)!r}" for key in there.keys("*"))


def servers_log() -> str:
    """What the PostgreSQL of this run wrote down; "" when there is none of our own."""
    log = Path(os.environ["VAR_DIR"]) / "servers" / "postgres" / "postgres.log"
    return log.read_text(errors="replace") if log.exists() else ""


def in_dumps_order(model: type[Model], column: str) -> list[Any]:
    """A column's values in the order in which a dump has the rows."""
    quote = connection.ops.quote_name
    order = "ctid" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {quote(column)} FROM {quote(model._meta.db_table)} ORDER BY {order}")  # noqa: S608
        return [row[0] for row in cursor.fetchall()]


def likeness(ranks: Sequence[int]) -> float:
    """Kendall's tau of a sequence against the order of numbers: 1 the same, -1 the reverse, about 0 neither."""
    pairs = list(combinations(ranks, 2))
    return sum((first < second) - (first > second) for first, second in pairs) / len(pairs)


def moments_beside_phones() -> dict[str, set[datetime]]:
    """{table.column: its moments finer than an hour} of all rows that lead to a phone by a column."""
    found: dict[str, set[datetime]] = {}
    for model in apps.get_models():
        fields = model._meta.concrete_fields
        if model is not Device and not any(field.related_model is Device for field in fields):
            continue
        for field in fields:
            if isinstance(field, DateTimeField):
                moments = set(model._default_manager.values_list(field.attname, flat=True)) - {None}
                fine = {moment for moment in moments if (moment.minute, moment.second, moment.microsecond) != (0, 0, 0)}
                found[f"{model._meta.label}.{field.name}"] = fine
    return found


def tasks_about(device_ids: set[int]) -> list[str]:
    """Tasks whose row names one of these phones."""
    rows = DBTaskResult.objects.filter(queue_name="interactive")
    return [row.task_path for row in rows if set(row.args_kwargs["args"]) & device_ids]
