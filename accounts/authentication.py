"""Knowing a device by its cookie."""

from datetime import date
from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.models import Device
from mobilise.errors import NoDevice

# What browsers allow at most.
COOKIE_SECONDS = 400 * 24 * 3600


def today() -> date:
    """The day as it is noted: in UTC."""
    return timezone.now().date()


class DeviceCookieAuthentication(BaseAuthentication):
    """`request.user` is the Device whose cookie came along, or None."""

    def authenticate(self, request: Request) -> tuple[Device, None] | None:
        """Finds the device and notes the day."""
        cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME)
        device = Device.objects.from_cookie(cookie) if cookie else None
        if device is None:
            return None
        device.seen(today())
        return device, None


class DeviceCookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the library's own
    """How the schema describes the cookie."""

    target_class = DeviceCookieAuthentication
    name = "device"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """An API key in a cookie."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-device",
            "description": "Made by POST /api/v1/devices. Without https its name is `device`.",
        }


def device_or_none(request: Request) -> Device | None:
    """The device of this request."""
    device = cast("object", request.user)
    return device if isinstance(device, Device) else None


def device_of(request: Request) -> Device:
    """The device of this request. Raises NoDevice."""
    device = device_or_none(request)
    if device is None:
        raise NoDevice
    return device


def set_device_cookie(response: HttpResponse, value: str) -> None:
    """Hands the cookie out, or prolongs it."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        value,
        max_age=COOKIE_SECONDS,
        secure=settings.SECURE,
        httponly=True,
        samesite="Strict",
    )


def prolong_device_cookie(request: Request, response: HttpResponse) -> None:
    """Gives the cookie that came along its full life again."""
    set_device_cookie(response, request.COOKIES[settings.DEVICE_COOKIE_NAME])


def drop_device_cookie(response: HttpResponse) -> None:
    """Takes the cookie back, and with it all that the browser keeps for this site."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME, "", max_age=0, secure=settings.SECURE, httponly=True, samesite="Strict"
    )
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
