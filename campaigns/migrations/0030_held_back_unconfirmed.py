"""One more reason to hold an alert back; the column is what it was."""

from django.db import migrations, models

HELD_BACK = [
    ("changed", "it was not what had been scheduled any more, or said too much too early"),
    ("silence", "the campaign keeps silence"),
    ("banned", "the rally was banned"),
    ("stale", "nobody had confirmed the case for 24 hours"),
    ("few", "the narrowed audience had become too small"),
]


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0029_no_samples")]

    operations = [
        migrations.AlterField(
            model_name="alert",
            name="held_back",
            field=models.CharField(blank=True, choices=HELD_BACK, editable=False, max_length=8),
        ),
    ]
