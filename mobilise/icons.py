"""The site's icon in all its forms: one of those that come with the app, or a folder of the operator's own."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mobilise.ready import Ready

# Drawn by frontend/scripts/make-icons.mjs. All but the first say nothing of what the site is for.
DRAWN = ("mobilise", "note", "sun", "leaf")
FORMS = {
    "icon.svg": "image/svg+xml",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
    "maskable-192.png": "image/png",
    "maskable-512.png": "image/png",
    "apple-touch-icon.png": "image/png",
    "badge-96.png": "image/png",
}


@require_safe
def icon(request: HttpRequest, form: str) -> HttpResponse:
    """The same address whatever the icon is: pages, manifest and notifications name no other."""
    try:
        ready = _read(_folder() / form, FORMS[form])
    except (KeyError, FileNotFoundError):
        raise Http404 from None
    return ready.respond(request, "public, max-age=3600")


def _folder() -> Path:
    chosen: str = settings.SITE_ICON
    return settings.FRONTEND_DIST / "icons" / chosen if chosen in DRAWN else Path(chosen)


@lru_cache(maxsize=32)
def _read(path: Path, content_type: str) -> Ready:
    return Ready.from_bytes(path.read_bytes(), content_type)
