"""PostgreSQL's statistics keep none of these tables' digests and keys."""

from django.db import migrations

from mobilise.unsampled import stop_sampling


class Migration(migrations.Migration):
    """Of no model's columns."""

    dependencies = [("throttles", "0002_counts_without_a_log")]

    operations = [stop_sampling("throttles")]
