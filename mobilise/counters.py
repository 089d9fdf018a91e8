"""Adding to a counter row that may not exist yet: one atomic upsert, on SQLite and PostgreSQL."""

from typing import Any

from django.db import connections, models, router
from django.db.models import Field


def increment(model: type[models.Model], keys: dict[str, Any], amounts: dict[str, int]) -> dict[str, int]:
    """Adds ``amounts`` to the columns of the one row that ``keys`` name, and returns their new values.

    ``keys`` must be the fields of a unique constraint of ``model``.
    """
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    concrete: dict[str, Field[Any, Any]] = {field.attname: field for field in model._meta.concrete_fields}
    fields = [concrete[name] for name in (*keys, *amounts)]
    columns = [quote(field.get_attname_column()[1] or field.attname) for field in fields]
    table, key_columns, amount_columns = quote(model._meta.db_table), columns[: len(keys)], columns[len(keys) :]
    updates = ", ".join(f"{column} = {table}.{column} + EXCLUDED.{column}" for column in amount_columns)
    values = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, (*keys.values(), *amounts.values()), strict=True)
    ]
    # Only identifiers of our own models are put in; the values go as parameters.
    sql = (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))}) "  # noqa: S608
        f"ON CONFLICT ({', '.join(key_columns)}) DO UPDATE SET {updates} RETURNING {', '.join(amount_columns)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return dict(zip(amounts, row, strict=True))
