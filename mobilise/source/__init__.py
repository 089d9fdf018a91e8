"""Where the code is to be had that runs here: everybody who uses it over a network may have it (AGPL, section 13)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def context(request: HttpRequest) -> dict[str, Any]:
    """For the foot of every page of the organisers."""
    return {"source_url": settings.SOURCE_URL, "version": settings.VERSION}
