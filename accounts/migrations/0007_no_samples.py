"""PostgreSQL's statistics keep nothing of accounts, phones, sessions and second factors, nor of the admin's log."""

from django.db import migrations

from mobilise.unsampled import stop_sampling


class Migration(migrations.Migration):
    """Of no model's columns; those of other packages are as their migrations left them."""

    dependencies = [
        ("accounts", "0006_site_log"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("django_tasks_database", "0021_conditional_partial_index_ordering"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
    ]

    operations = [stop_sampling("accounts", "account", "admin", "django_tasks_database", "mfa", "sessions")]
