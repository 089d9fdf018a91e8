"""Of calls, what phones report that a push was proved to reach is counted apart.

Nothing says of earlier reports which phones made them: they stay counted, and final, as they were.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def count_earlier_ones(apps: Any, schema_editor: Any) -> None:
    """As they were."""
    apps.get_model("campaigns", "OutcomeSum").objects.update(counted=F("number"))
    apps.get_model("campaigns", "Outcome").objects.update(verified=True)


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0025_bursts_and_withdrawn_hashtags"),
    ]

    operations = [
        migrations.AddField(
            model_name="contactrecord",
            name="stop_held_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="contactrecord",
            name="unverified_contacts",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="outcome",
            name="verified",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="outcomesum",
            name="counted",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunPython(count_earlier_ones, migrations.RunPython.noop),
    ]
