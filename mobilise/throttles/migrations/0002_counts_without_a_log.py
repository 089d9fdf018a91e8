"""On PostgreSQL counts are written without a log: adding to one waits for no disk, and no archive keeps it."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def without_log(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """After a crash of the server the table is empty: windows begin anew. SQLite's counts are in its one log."""
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE throttles_count SET UNLOGGED")


def with_log(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The reverse."""
    if editor.connection.vendor == "postgresql":
        editor.execute("ALTER TABLE throttles_count SET LOGGED")


class Migration(migrations.Migration):
    """Of no model's columns."""

    dependencies = [("throttles", "0001_initial")]

    operations = [migrations.RunPython(without_log, with_log)]
