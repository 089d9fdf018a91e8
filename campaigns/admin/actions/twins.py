"""Whoever taps twice gets one action: the second is the same as the first, with all its rows."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from campaigns.models import Action, ActionState


class AlreadyMade(Exception):
    """The same new action was sent twice."""

    def __init__(self, twin: Action) -> None:
        self.twin = twin
        super().__init__()


def refuse_twin(action: Action, formsets: Iterable[Any]) -> None:
    """Raises AlreadyMade, for the transaction in which the new one was stored. Title and hours alone make no twin."""
    same = type(action)._default_manager.filter(
        campaign=action.campaign, starts_at=action.starts_at, ends_at=action.ends_at
    )
    formsets = list(formsets)
    for twin in same.exclude(pk=action.pk).exclude(state=ActionState.TEMPLATE):
        if _typed(twin) == _typed(action) and all(_are_same(formset, twin) for formset in formsets):
            raise AlreadyMade(twin)


def _are_same(formset: Any, twin: Action) -> bool:
    rows = formset.model._default_manager.filter(**{formset.fk.name: twin.pk}).order_by("pk")
    parent = formset.fk.attname
    return [_typed(row, parent) for row in rows] == [_typed(row, parent) for row in formset.new_objects]


def _typed(row: Model, but: str = "") -> dict[str, Any]:
    """{attribute: value} of the columns that an organiser fills in."""
    columns = [one for one in row._meta.concrete_fields if one.editable and not one.primary_key]
    return {one.attname: getattr(row, one.attname) for one in columns if one.attname != but}
