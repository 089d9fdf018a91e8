"""Inserting many rows that may be there already: one statement, without a model object for each."""

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
    quote = connection.ops.quote_name
    columns = ", ".join(quote(fields[name].get_attname_column()[1] or name) for name in names)
    places = ", ".join([f"({', '.join(['%s'] * len(names))})"] * number)
    # Only identifiers of our own models are put in; the values go as parameters.
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {places} ON CONFLICT DO NOTHING"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
