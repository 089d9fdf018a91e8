"""Notes of a claim whether a push was proved to reach its holder."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0027_sealed_pending")]

    operations = [
        migrations.AddField(model_name="claim", name="verified", field=models.BooleanField(default=False)),
    ]
