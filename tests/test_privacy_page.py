"""docs/privacy.md names every column that is stored, and no other."""

import re

import pytest
from django.apps import apps
from django.db import models

from tests.delivering import ROOT

PAGE = ROOT / "docs" / "privacy.md"
ROW = re.compile(
    r"^\| \*\*(?P<model>[\w.]+)\*\*: (?P<columns>[^|]+) \| (?P<why>[^|]+) \| (?P<how_long>[^|]+) \|$", re.M
)
MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


def named_columns() -> dict[str, set[str]]:
    named: dict[str, set[str]] = {}
    for row in ROW.finditer(PAGE.read_text(encoding="utf-8")):
        named.setdefault(row["model"], set()).update(re.findall(r"`(\w+)`", row["columns"]))
    return named


def stored_columns(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.local_concrete_fields}


@pytest.mark.parametrize("label", sorted(MODELS))
def test_every_column_is_named_with_why_and_how_long(label: str) -> None:
    missing = stored_columns(MODELS[label]) - named_columns().get(label, set())
    assert not missing, f"docs/privacy.md does not say why {label} stores {sorted(missing)}, and for how long."


def test_nothing_is_named_that_is_not_stored() -> None:
    gone = {
        f"{label}.{column}"
        for label, columns in named_columns().items()
        for column in columns
        if label not in MODELS or column not in stored_columns(MODELS[label])
    }
    assert not gone, f"docs/privacy.md speaks of what is not there: {sorted(gone)}"


def test_each_row_says_why_and_how_long() -> None:
    rows = list(ROW.finditer(PAGE.read_text(encoding="utf-8")))
    assert len(rows) > len(MODELS) // 2
    assert all(row["why"].strip() and row["how_long"].strip() for row in rows)
