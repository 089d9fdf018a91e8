"""The app's page: the built index.html, from memory."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from mobilise.ready import Ready

NOT_BUILT = "The app is not built yet: run `make run`, or `npm ci && npm run build` in frontend/.\n"


def app_shell(request: HttpRequest, **names: str) -> HttpResponse:
    """The bare page of the app, the same for every address."""
    page = read_shell()
    return not_built() if page is None else respond(request, _ready(page))


def read_shell() -> str | None:
    """The built index.html; None when it was not built."""
    path = settings.FRONTEND_DIST / "index.html"
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return None


def respond(request: HttpRequest, ready: Ready) -> HttpResponse:
    """The page with its ETag. The browser asks each time, so that a new version is found at once."""
    return ready.respond(request, "no-cache")


def not_built() -> HttpResponse:
    """503, and what to do."""
    return HttpResponse(NOT_BUILT, status=503, content_type="text/plain; charset=utf-8")


@lru_cache(maxsize=2)
def _read(path: Path, modified: int) -> str:
    return path.read_text(encoding="utf-8")


@lru_cache(maxsize=2)
def _ready(page: str) -> Ready:
    return Ready.from_html(page)
