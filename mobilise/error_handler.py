"""One shape for every error of the API: {code, detail, fields?}."""

import logging
import traceback
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler
from rest_framework.views import set_rollback

from mobilise.errors import ServerError, TooLarge

logger = logging.getLogger(__name__)
FRAMES_LOGGED = 3
API = "/api/"


def _fields(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Flattens DRF's nested details to {"keys.auth": ["..."]}."""
    if isinstance(detail, dict):
        flat: dict[str, list[str]] = {}
        for name, inner in detail.items():
            flat |= _fields(inner, f"{prefix}.{name}" if prefix else str(name))
        return flat
    return {prefix or "non_field_errors": [str(one) for one in (detail if isinstance(detail, list) else [detail])]}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's handler with our shape, for everything that a view of the API can raise."""
    known = _as_api_exception(error)
    response = drf_exception_handler(known, context) or Response()
    set_rollback()
    body: dict[str, Any]
    if isinstance(known, exceptions.ValidationError):
        body = {"code": "invalid", "detail": "Some fields were refused.", "fields": _fields(known.detail)}
    else:
        codes = known.get_codes()
        body = {"code": codes if isinstance(codes, str) else known.default_code, "detail": str(known.detail)}
    response.data = body
    return response


def _as_api_exception(error: Exception) -> exceptions.APIException:
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, SuspiciousOperation):
        return exceptions.ParseError()
    # Where, and of what kind, but not the message: it may hold what somebody sent.
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_LOGGED:]
    logger.error("%s at %s", type(error).__name__, ", ".join(f"{one.filename}:{one.lineno}" for one in frames))
    return ServerError()


@csrf_exempt
def unknown_address(request: HttpRequest, rest: str = "") -> HttpResponse:
    """404 for what is no call of the API."""
    return JsonResponse({"code": "not_found", "detail": "There is no such call."}, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what did not get as far as a view, a wrong Host for one."""
    if request.path_info.startswith(API):
        return JsonResponse({"code": "bad_request", "detail": "This is no request for this site."}, status=400)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """500 for what went wrong outside a view of the API."""
    if request.path_info.startswith(API):
        return JsonResponse({"code": ServerError.default_code, "detail": ServerError.default_detail}, status=500)
    return defaults.server_error(request)
