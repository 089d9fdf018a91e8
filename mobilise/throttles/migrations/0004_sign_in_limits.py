"""The limits of signing in are counted in the database, by all web processes together."""

from django.db import migrations, models

import mobilise.fields.encrypted
from mobilise.unsampled import stop_sampling


class Migration(migrations.Migration):
    dependencies = [("throttles", "0003_no_samples")]

    operations = [
        migrations.CreateModel(
            name="Remembered",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.BinaryField(max_length=32, unique=True)),
                ("value", mobilise.fields.encrypted.EncryptedTextField(default="", editable=True)),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
        stop_sampling("throttles"),
    ]
