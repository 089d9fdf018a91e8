"""How a state changes: one conditional UPDATE whose row count is checked."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import models


class IllegalTransition(Exception):
    """The row is not in a state from which this is allowed (any more)."""

    def __init__(self, row: models.Model, field: str, target: str) -> None:
        self.row, self.field, self.target = row, field, target
        super().__init__(f"{row._meta.model_name} {row.pk} cannot become {target}.")


def move(
    row: models.Model,
    field: str,
    sources: Collection[str],
    target: str,
    *,
    where: Mapping[str, Any] | None = None,
    **also: Any,
) -> None:
    """Sets ``field`` to ``target`` if the stored row is still in one of ``sources``; ``also`` changes with it.

    With ``where`` the stored row must also still have these values.

    Raises IllegalTransition when somebody else was faster or the transition does not exist.
    """
    # The table that owns the column, not a kind's own: an UPDATE across two tables would not be one statement.
    owner = row._meta.get_field(field).model
    changed = owner._default_manager.filter(pk=row.pk, **{f"{field}__in": list(sources)}, **(where or {}))
    if not changed.update(**{field: target, **also}):
        raise IllegalTransition(row, field, target)
    for name, value in {field: target, **also}.items():
        setattr(row, name, value)
