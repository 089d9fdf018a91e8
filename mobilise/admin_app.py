"""The admin's app, whose pages are loaded by who serves them: a worker or a scheduler starts a fifth sooner without."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.contrib.admin import autodiscover
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class AdminConfig(SimpleAdminConfig):
    """mobilise.urls loads the pages."""

    def ready(self) -> None:
        """The checks of every admin, though of pages that are loaded for them."""
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_pages, checks.Tags.admin)


def check_pages(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """What Django finds wrong with any page of the admin."""
    autodiscover()
    return list(check_admin_app(app_configs, **kwargs))
