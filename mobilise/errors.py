"""One shape for every error of the API: {code, detail, fields?}."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback


class Conflict(exceptions.APIException):
    """409: the request is well-formed and the state of things refuses it."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    default_detail = "This is not possible now."


class NoDevice(exceptions.APIException):
    """401: the call needs a device and none came with it (DRF's own classes would say 403)."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_code = "no_device"
    default_detail = "This needs a device: POST /api/v1/devices makes one."


class Refused(exceptions.APIException):
    """403 with a code of its own."""

    status_code = status.HTTP_403_FORBIDDEN
    default_code = "refused"
    default_detail = "This is not allowed."


def _fields(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Flattens DRF's nested details to {"keys.auth": ["..."]}."""
    if isinstance(detail, dict):
        flat: dict[str, list[str]] = {}
        for name, inner in detail.items():
            flat |= _fields(inner, f"{prefix}.{name}" if prefix else str(name))
        return flat
    return {prefix or "non_field_errors": [str(one) for one in (detail if isinstance(detail, list) else [detail])]}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's handler, with our shape; None lets an unknown error become a 500."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    response = drf_exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    set_rollback()
    body: dict[str, Any]
    if isinstance(error, exceptions.ValidationError):
        body = {"code": "invalid", "detail": "Some fields were refused.", "fields": _fields(error.detail)}
    else:
        codes = error.get_codes()
        body = {"code": codes if isinstance(codes, str) else error.default_code, "detail": str(error.detail)}
    response.data = body
    return response
