"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People and devices."""

    name = "accounts"
    verbose_name = _("Accounts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """allauth notes each use of a second factor, and its signal is the one place that hears of them all."""
        from allauth.mfa.signals import authenticator_used  # noqa: PLC0415  # models are there only now

        from accounts.adapter import forget_when_used  # noqa: PLC0415  # it imports them

        authenticator_used.connect(forget_when_used)
