"""Inserting many rows of which some may be there: one statement, without a model object for each."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, models, router


def insert_missing(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Inserts ``rows``, each the values of the fields ``names``; one that a unique constraint refuses is left out.

    ``names`` are attribute names (``alert_id``); every other column takes its database default, or must be null.
    """
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
    if not number:
        return
    places = ", ".join([f"({', '.join(['%s'] * len(names))})"] * number)
    _insert(model, names, f"VALUES {places}", values)


def insert_missing_from(model: type[models.Model], names: Sequence[str], rows: models.QuerySet[Any, Any]) -> None:
    """The same with rows that the database finds itself: ``rows`` is a values_list() in the order of ``names``."""
    connection = connections[router.db_for_write(model)]
    select, values = rows.query.get_compiler(connection=connection).as_sql()
    _insert(model, names, select, values)


def _insert(model: type[models.Model], names: Sequence[str], rows: str, values: Sequence[Any]) -> None:
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    fields = {field.attname: field for field in model._meta.concrete_fields}
    columns = ", ".join(quote(fields[name].get_attname_column()[1] or name) for name in names)
    # Only identifiers of our own models are put in, and what Django made of a query; the values go as parameters.
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {rows} ON CONFLICT DO NOTHING"
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
