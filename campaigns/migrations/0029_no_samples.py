"""PostgreSQL's statistics keep no tokens, keys, names and nonces, and its planner still finds a phone's parts at once."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from mobilise.unsampled import stop_sampling


def tell_that_tokens_differ(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Tokens are asked for by the hundred. Without it PostgreSQL takes them for a handful, and reads all parts."""
    if editor.connection.vendor == "postgresql":
        editor.execute("CREATE UNIQUE INDEX participation_token ON campaigns_participation (token)")


def forget_that_tokens_differ(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """The reverse."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX participation_token")


class Migration(migrations.Migration):
    """Of no model's columns."""

    dependencies = [("campaigns", "0028_claims_of_verified_phones")]

    operations = [
        stop_sampling("campaigns"),
        migrations.RunPython(tell_that_tokens_differ, forget_that_tokens_differ),
    ]
