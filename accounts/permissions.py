"""Who may call what: pages of this site only, and for most calls a known device."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.authentication import device_of
from mobilise.errors import Refused


class SameOrigin(BasePermission):
    """A call that changes something comes from a page of this very origin; not from a sibling's, not from a form."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True, or Refused with the code `cross_origin`."""
        if request.method in SAFE_METHODS or is_same_origin(request):
            return True
        raise Refused("Only pages of this site may call this.", code="cross_origin")


def is_same_origin(request: Request) -> bool:
    """By Sec-Fetch-Site, and by Origin where one comes; a browser without the first needs the second."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if origin is not None and origin not in _own_origins(request):
        return False
    return site == "same-origin" if site is not None else origin is not None


def _own_origins(request: Request) -> tuple[str, str]:
    site = urlsplit(settings.SITE_URL)
    return f"{site.scheme}://{site.netloc}", f"{request.scheme}://{request.get_host()}"


class IsDevice(BasePermission):
    """A device's own cookie came along."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True, or NoDevice (401)."""
        device_of(request)
        return True
