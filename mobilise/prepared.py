"""Looking up what a crowd names: the framework makes the statement once, not for each question."""

from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models

Convert = Callable[[Any, Any, Any], Any]
UUID_FIELD: "models.UUIDField[UUID, UUID]" = models.UUIDField()


class _Statement(NamedTuple):
    """``values`` are its parameters, of which those at ``places`` are the names asked for.

    ``converters``: of a column, what makes Python's value of the database's, and the expression it is of.
    """

    sql: str
    values: Sequence[Any]
    places: Sequence[int]
    converters: Sequence[tuple[int, Sequence[Convert], Any]]


class Prepared:
    """A query by UUIDs. ``make(uuids)`` gives it, as a values_list() with each of them as one parameter, in any order.

    To have a statement made costs several times what the database's answer does. It is made for one, two, four, eight…
    names, one being repeated up to there.
    """

    def __init__(self, make: "Callable[[Sequence[UUID]], models.QuerySet[Any, tuple[Any, ...]]]") -> None:
        self._make = make
        self._statements: dict[int, _Statement] = {}

    def rows(self, uuids: Collection[UUID]) -> list[list[Any]]:
        """What is found, with Python's values, in no order."""
        if not uuids:
            return []
        number = 1 << (len(uuids) - 1).bit_length()
        statement = self._statements.get(number)
        if statement is None:
            statement = self._statements[number] = self._compile(number)
        values, names = list(statement.values), [_as_parameter(uuid) for uuid in uuids]
        for place, name in zip(statement.places, names + names[:1] * (number - len(names)), strict=True):
            values[place] = name
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, values)
            return [_convert(row, statement.converters) for row in cursor.fetchall()]

    def _compile(self, number: int) -> _Statement:
        marks = [UUID(int=mark) for mark in range(number)]
        compiler = self._make(marks).query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        known = {_as_parameter(mark) for mark in marks}
        places = [place for place, value in enumerate(values) if value in known]
        converters = compiler.get_converters([column for column, _, _ in compiler.select])
        return _Statement(sql, values, places, [(place, *found) for place, found in converters.items()])


def _as_parameter(uuid: UUID) -> Any:
    return UUID_FIELD.get_db_prep_value(uuid, connection)


def _convert(row: Sequence[Any], converters: Sequence[tuple[int, Sequence[Convert], Any]]) -> list[Any]:
    values = list(row)
    for place, converts, expression in converters:
        for convert in converts:
            values[place] = convert(values[place], expression, connection)
    return values
