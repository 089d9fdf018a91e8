"""The app's page: the built index.html with the site's own name in it, from memory."""

import re
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.html import escape

from mobilise.first_files import spoken_language, with_first_files
from mobilise.ready import Ready

# What a browser shows of the page before the app runs, and writes under the icon. The built file says "App".
_TITLE = re.compile(r"<title>[^<]*</title>")
_NAMES = re.compile(r'(<meta name="(?:application-name|apple-mobile-web-app-title)" content=")[^"]*"')

_SITE = re.compile(r'(<p class="site">)[^<]*')

FEED = "/api/v1/feed"
NOT_BUILT = "The app is not built yet: run `make run`, or `npm ci && npm run build` in frontend/.\n"


def app_shell(request: HttpRequest, **names: str) -> HttpResponse:
    """The bare page of the app, the same for every address."""
    page = read_shell()
    return not_built() if page is None else respond(request, _ready(page))


def feed_page(request: HttpRequest) -> HttpResponse:
    """The same, with what the start shows."""
    page = read_shell()
    if page is None:
        return not_built()
    language = spoken_language(request)
    return respond(request, _ready(with_first_files(page, language, ["feed"], [FEED])), "Accept-Language")


def read_shell() -> str | None:
    """The built index.html, named as the site is; None when it was not built."""
    path = settings.FRONTEND_DIST / "index.html"
    try:
        return _read(path, path.stat().st_mtime_ns, settings.SITE_NAME)
    except FileNotFoundError:
        return None


def respond(request: HttpRequest, ready: Ready, *vary: str) -> HttpResponse:
    """The page with its ETag. The browser asks each time, so that a new version is found at once."""
    response = ready.respond(request, "no-cache")
    patch_vary_headers(response, vary)
    return response


def not_built() -> HttpResponse:
    """503, and what to do."""
    return HttpResponse(NOT_BUILT, status=503, content_type="text/plain; charset=utf-8")


@lru_cache(maxsize=2)
def _read(path: Path, modified: int, site_name: str) -> str:
    name = escape(site_name)
    # Functions, as a replacement text would have its backslashes read.
    page = _TITLE.sub(lambda _: f"<title>{name}</title>", path.read_text(encoding="utf-8"), count=1)
    page = _SITE.sub(lambda found: f"{found[1]}{name}", page, count=1)
    return _NAMES.sub(lambda found: f'{found[1]}{name}"', page)


# The bare one, and the start in each language.
@lru_cache(maxsize=8)
def _ready(page: str) -> Ready:
    return Ready.from_html(page)
