"""Every text of an action in which a name could stand, wherever it is stored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from campaigns.models.action import Action
from campaigns.models.alert import Alert
from campaigns.names import Piece, pieces_of
from mobilise.fields import TranslatedField

# Plain columns that hold words of organisers; other plain columns are choices, addresses of pages, or keys.
PLAIN = frozenset({"source", "address"})

AnyRow = models.Model
AnyField = models.Field[Any, Any]


@dataclass(frozen=True, slots=True)
class Wording:
    """One text field of one row."""

    row: AnyRow
    field: AnyField

    @property
    def texts(self) -> Mapping[str, str]:
        """By language; a plain text has none ("")."""
        value = getattr(self.row, self.field.name)
        return value if isinstance(self.field, TranslatedField) else {"": value or ""}

    @property
    def pieces(self) -> Iterator[Piece]:
        """All in it that may be a form of a name."""
        for text in self.texts.values():
            yield from pieces_of(text)

    def store(self, texts: Mapping[str, str]) -> None:
        """Writes other texts."""
        value = dict(texts) if isinstance(self.field, TranslatedField) else texts[""]
        setattr(self.row, self.field.name, value)
        self.field.model._default_manager.filter(pk=self.row.pk).update(**{self.field.name: value})


def wordings_of(action: Action) -> list[Wording]:
    """Those of the action and of all that belongs to it, but for its alerts: these have a life of their own."""
    rows: list[AnyRow] = [_as_its_kind(action)]
    for model, path in belonging():
        if model is not Alert:
            rows += model._default_manager.filter(**{path: action.pk}).order_by("pk")
    return [Wording(row, field) for row in rows for field in text_fields(type(row))]


def wordings_of_alert(alert: Alert) -> list[Wording]:
    """Title and text."""
    return [Wording(alert, field) for field in text_fields(Alert)]


@cache
def text_fields(model: type[AnyRow]) -> tuple[AnyField, ...]:
    """The columns of a table, and of those it extends, that hold words."""
    fields = model._meta.get_fields()
    return tuple(field for field in fields if isinstance(field, models.Field) and _holds_words(field))


@cache
def belonging() -> tuple[tuple[type[AnyRow], str], ...]:
    """(table, its column) of all rows that hold words and point to an action: found, so that no later one is missed."""
    found = []
    for model in apps.get_app_config("campaigns").get_models():
        if issubclass(model, Action) or not text_fields(model):
            continue
        for field in model._meta.get_fields():
            target = field.related_model if isinstance(field, models.ForeignKey) else None
            if isinstance(target, type) and issubclass(target, Action):
                found.append((model, field.name))
    return tuple(found)


def _holds_words(field: AnyField) -> bool:
    return isinstance(field, TranslatedField) or (isinstance(field, models.CharField) and field.name in PLAIN)


def _as_its_kind(action: Action) -> AnyRow:
    if type(action) is not Action:
        return action
    kinds = [model for model in Action.__subclasses__() if action.kind == model.KIND]
    return kinds[0]._default_manager.get(pk=action.pk) if kinds else action
