"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and devices."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
