"""Inserting many rows of which some may be there: one statement, without a model object for each."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, models, router


def insert_missing(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Inserts ``rows``, each the values of the fields ``names``; one that a unique constraint refuses is left out.

    ``names`` are attribute names (``alert_id``); every other column takes its database default, or must be null.
    Returns how many were inserted.
    """
    places, values = _prepare(model, names, rows)
    return _insert(model, names, places, values)[0] if values else 0


def insert_new(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]], tell: Sequence[str]
) -> list[tuple[Any, ...]]:
    """The same, and says which were new: the columns ``tell`` of each that was inserted, as the database gives them."""
    places, values = _prepare(model, names, rows)
    return _insert(model, names, places, values, tell)[1] if values else []


def _prepare(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> tuple[str, Sequence[Any]]:
    """Where the values go, and they."""
    connection = connections[router.db_for_write(model)]
    fields = {field.attname: field for field in model._meta.concrete_fields}
    # Most of a column's values are the same: each is prepared once.
    prepared: list[dict[Any, Any]] = [{} for _ in names]
    values: list[Any] = []
    number = 0
    for row in rows:
        number += 1
        for name, known, value in zip(names, prepared, row, strict=True):
            if value not in known:
                known[value] = fields[name].get_db_prep_save(value, connection)
            values.append(known[value])
    return "VALUES " + ", ".join([f"({', '.join(['%s'] * len(names))})"] * number), values


def insert_missing_from(model: type[models.Model], names: Sequence[str], rows: models.QuerySet[Any, Any]) -> None:
    """The same with rows that the database finds itself: ``rows`` is a values_list() in the order of ``names``."""
    connection = connections[router.db_for_write(model)]
    select, values = rows.query.get_compiler(connection=connection).as_sql()
    _insert(model, names, select, values)


def _insert(
    model: type[models.Model], names: Sequence[str], rows: str, values: Sequence[Any], tell: Sequence[str] = ()
) -> tuple[int, list[tuple[Any, ...]]]:
    """How many were inserted, and of each what is to be told."""
    connection = connections[router.db_for_write(model)]
    # Only identifiers of our own models are put in, and what Django made of a query; the values go as parameters.
    sql = (
        f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({_columns(model, names)}) {rows} "
        "ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} RETURNING {_columns(model, tell)}" if tell else sql, values)
        return int(cursor.rowcount), list(cursor.fetchall()) if tell else []


def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    quote = connections[router.db_for_write(model)].ops.quote_name
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return ", ".join(quote(fields[name].get_attname_column()[1] or name) for name in names)
