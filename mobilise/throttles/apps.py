"""The app that owns the throttle's two tables."""

from django.apps import AppConfig


class ThrottlesConfig(AppConfig):
    """Named so that its tables are easy to find in a dump."""

    name = "mobilise.throttles"
    label = "throttles"
    default_auto_field = "django.db.models.BigAutoField"
