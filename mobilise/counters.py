"""Adding to counter rows that may not exist yet: one atomic upsert, on SQLite and PostgreSQL."""

from collections.abc import Sequence
from typing import Any

from django.db import connections, models, router
from django.db.models import Field

Row = tuple[dict[str, Any], dict[str, int]]


def increment(model: type[models.Model], keys: dict[str, Any], amounts: dict[str, int]) -> dict[str, int]:
    """Adds ``amounts`` to the columns of the one row that ``keys`` name, and returns their new values.

    ``keys`` must be the fields of a unique constraint of ``model``.
    """
    (values,) = _upsert(model, [(keys, amounts)])
    return dict(zip(amounts, values, strict=True))


def increment_all(model: type[models.Model], rows: Sequence[Row]) -> list[tuple[int, ...]]:
    """The same for several (keys, amounts) in one statement; no two of them with the same keys. New values by row.

    Writers that share rows must give them in the same order, or they may wait for each other for ever.
    """
    return _upsert(model, rows) if rows else []


def _upsert(model: type[models.Model], rows: Sequence[Row]) -> list[tuple[int, ...]]:
    """The new values of the amounts, row by row."""
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    keys, amounts = rows[0]
    concrete: dict[str, Field[Any, Any]] = {field.attname: field for field in model._meta.concrete_fields}
    fields = [concrete[name] for name in (*keys, *amounts)]
    columns = [quote(field.get_attname_column()[1] or field.attname) for field in fields]
    table, key_columns, amount_columns = quote(model._meta.db_table), columns[: len(keys)], columns[len(keys) :]
    updates = ", ".join(f"{column} = {table}.{column} + EXCLUDED.{column}" for column in amount_columns)
    # Most of a column's values are the same: each is prepared once.
    prepared: list[dict[Any, Any]] = [{} for _ in fields]
    values = []
    for row_keys, row_amounts in rows:
        for field, known, value in zip(fields, prepared, (*row_keys.values(), *row_amounts.values()), strict=True):
            if value not in known:
                known[value] = field.get_db_prep_save(value, connection)
            values.append(known[value])
    places = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * len(rows))
    # Only identifiers of our own models are put in; the values go as parameters.
    sql = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES {places} "  # noqa: S608
        f"ON CONFLICT ({', '.join(key_columns)}) DO UPDATE SET {updates} RETURNING {', '.join(amount_columns)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
