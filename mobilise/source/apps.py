"""The app that looks, before a site is opened to others, whether it says where its code is."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

UNSAID = checks.Warning(
    "SOURCE_URL is not set: nothing says where people get the code that runs here (AGPL, section 13).",
    hint="Set it to the page of your copy of the code, with your changes.",
    id="mobilise.W001",
)


class SourceConfig(AppConfig):
    """No tables."""

    name = "mobilise.source"

    def ready(self) -> None:
        """With `check --deploy`."""
        checks.register(check_source, checks.Tags.security, deploy=True)


def check_source(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """One warning, or none."""
    return [] if settings.SOURCE_URL else [UNSAID]
