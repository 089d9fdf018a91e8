"""Whether this process lives, and whether it can work."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """200: the process answers. Asks nothing of anybody else."""
    return _say("ok", 200)


def readyz(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _say("no database", 503)
    return _say("ok", 200)


def _say(word: str, status: int) -> HttpResponse:
    return HttpResponse(f"{word}\n", status=status, content_type="text/plain", headers={"Cache-Control": "no-store"})
