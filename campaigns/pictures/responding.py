"""The answer that is a picture."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request


def respond(request: HttpRequest | Request, uuid: UUID, read: Callable[[], bytes], cache_control: str) -> HttpResponse:
    """Its bytes, or 304 to whoever has them: under one id there is one picture for ever. Read only when needed."""
    headers = {"ETag": f'"{uuid.hex}"', "Cache-Control": cache_control}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(read(), content_type="image/jpeg", headers=headers)
