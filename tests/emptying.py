"""Empties the tables after a test that committed: what Django does, but for rows that it would make anew each time."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management.color import no_style
from django.db import connection
from django.test import TransactionTestCase

# They say which models there are: the same at any time, and the dearest part of Django's own emptying.
KEPT = {ContentType, Permission}


def empty_tables(_case: TransactionTestCase) -> None:
    """All rows but those of ``KEPT``."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model not in KEPT}
    there = tables.intersection(connection.introspection.django_table_names(only_existing=True, include_views=False))
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), sorted(there)))


@pytest.fixture(autouse=True, scope="session")
def _tables_are_emptied() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield
