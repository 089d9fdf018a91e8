"""Columns of which PostgreSQL keeps no samples.

ANALYZE copies a hundred values of a column into pg_statistic, whence no DELETE takes them. Those of a table that is
empty by then stay for good. So nothing that stands for a person, or is a secret, is sampled. The planner then knows
nothing of the column; where it has to, a unique index on the column alone tells it that each value is there once.
"""

import re
from collections.abc import Iterable

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Of which kind, or under which name, such values are.
KINDS = (models.BinaryField, models.UUIDField)
NAMES = re.compile(r"digest|secret|token|password|sealed|session|e?mail|username|fingerprint|_key$|^key$")
# Those that neither tells: second factors, tasks (they name a device), what the admin's log says, pieces of names.
OTHERS = {
    "mfa.authenticator": ("data",),
    "django_tasks_database.dbtaskresult": ("args_kwargs", "traceback"),
    "admin.logentry": ("object_id", "object_repr", "change_message"),
    "campaigns.withheldname": ("whole", "parts"),
}


def unsampled(model: type[models.Model]) -> list[str]:
    """The model's columns that are not to be sampled."""
    others = OTHERS.get(model._meta.label_lower, ())
    meant = [field for field in model._meta.local_concrete_fields if _is_meant(field, others)]
    return [field.get_attname_column()[1] or field.name for field in meant]


def _is_meant(field: "models.Field[object, object]", others: Iterable[str]) -> bool:
    if field.is_relation or isinstance(field, models.IntegerField | models.DateTimeField):
        return False
    return isinstance(field, KINDS) or field.name in others or bool(NAMES.search(field.name))


def stop_sampling(*apps: str) -> migrations.RunPython:
    """A migration's step: of these apps' columns no samples are made any more, and those that there are go.

    A new column of theirs needs it again. It may come twice, and writes no table anew.
    """

    def stop(registry: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor != "postgresql":
            return
        for model in registry.get_models():
            if model._meta.app_label in apps and (columns := unsampled(model)):
                _stop(editor, model._meta.db_table, columns)

    return migrations.RunPython(stop, migrations.RunPython.noop)


def _stop(editor: BaseDatabaseSchemaEditor, table: str, columns: Iterable[str]) -> None:
    quote = editor.quote_name
    types = _types(editor, table)
    # To give a column the type that it has is how its owner, who may not write in pg_statistic, drops what is there.
    changes = [
        f"ALTER COLUMN {quote(name)} TYPE {types[name]}, ALTER COLUMN {quote(name)} SET STATISTICS 0"
        for name in columns
    ]
    editor.execute(f"ALTER TABLE {quote(table)} {', '.join(changes)}")


def _types(editor: BaseDatabaseSchemaEditor, table: str) -> dict[str, str]:
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [table],
        )
        return dict(cursor.fetchall())
