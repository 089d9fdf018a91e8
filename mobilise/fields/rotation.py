"""Changing keys: what was encrypted with an older key of FIELD_KEYS is encrypted with the first."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import BinaryField, Count, ExpressionWrapper, F, Func

from mobilise.fields.encrypted import KEY_ID_BYTES, EncryptedBytesField, UndecryptableValue, cipher

BATCH = 500


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column that holds only ciphertext, and the purpose that its values are bound to."""

    model: type[models.Model]
    name: str
    purpose: bytes

    def __str__(self) -> str:
        return f"{self.model._meta.label}.{self.name}"


@dataclass(slots=True)
class Progress:
    """What has become of a column's values."""

    renewed: int = 0
    current: int = 0
    unreadable: int = 0


def encrypted_columns() -> list[SealedColumn]:
    """All encrypted fields of all models."""
    return [
        SealedColumn(model, field.name, field.purpose)
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedBytesField)
    ]


def reencrypt(column: SealedColumn) -> Iterator[Progress]:
    """Renews the column's values, a batch at a time, and says after each how far it is. May be stopped and repeated.

    A value that changes meanwhile is left alone: it is written with the first key anyway.
    """
    stored, progress, last = _as_stored(column), Progress(), 0
    while batch := list(stored.filter(pk__gt=last).order_by("pk").values_list("pk", "stored")[:BATCH]):
        for key, value in batch:
            _renew(column, stored.filter(pk=key, stored=bytes(value)), bytes(value), progress)
        last = batch[-1][0]
        yield progress


def count_by_key(column: SealedColumn) -> dict[bytes, int]:
    """{the key's name, 4 bytes: how many of the column's values are under it}. One statement."""
    name = Func(F("stored"), 1, KEY_ID_BYTES, function="SUBSTR", output_field=BinaryField())
    rows = _as_stored(column).annotate(key_id=name).order_by().values_list("key_id").annotate(Count("pk"))
    return {bytes(key): number for key, number in rows}


def try_keys(column: SealedColumn, newest: int) -> tuple[int, int]:
    """Opens the newest values of the column, so many at most. Gives (how many there were, how many did not open)."""
    values = _as_stored(column).order_by("-pk").values_list("stored", flat=True)[:newest]
    return len(values), sum(not _opens(bytes(value), column.purpose) for value in values)


def _opens(value: bytes, purpose: bytes) -> bool:
    try:
        cipher().decrypt(value, purpose)
    except UndecryptableValue:
        return False
    return True


def _as_stored(column: SealedColumn) -> "models.QuerySet[Any]":
    """The rows that have a value, with it as ``stored``: the field itself would decrypt."""
    value = ExpressionWrapper(F(column.name), output_field=BinaryField())
    return column.model._base_manager.annotate(stored=value).exclude(**{column.name: None})


def _renew(column: SealedColumn, row: "models.QuerySet[models.Model]", value: bytes, progress: Progress) -> None:
    if cipher().is_current(value):
        progress.current += 1
        return
    try:
        plain = cipher().decrypt(value, column.purpose)
    except UndecryptableValue:
        progress.unreadable += 1
        return
    field = column.model._meta.get_field(column.name)
    encrypts_by_itself = isinstance(field, EncryptedBytesField)
    progress.renewed += row.update(
        **{column.name: plain if encrypts_by_itself else cipher().encrypt(plain, column.purpose)}
    )
