"""The app's manifest: named as this site is, in the reader's language, and for an iPhone's icon with a way in."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import TransferCode
from mobilise.icons import DRAWN
from mobilise.languages import app_texts
from mobilise.ready import Ready

CONTENT_TYPE = "application/manifest+json"
# It changes with the settings or with a new version only.
PUBLIC = "public, max-age=3600"
PRIVATE = "private, no-store"

# The site's, unless the operator gives it another.
OWN_NAME = "Mobilise"


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """`?lang=` says the language: browsers fetch it without cookies. `&icon=` is the token of a page that may become an
    icon with a memory of its own; one that is unknown or too old gets the plain manifest, and learns nothing."""
    language = request.GET.get("lang", "")
    if language not in dict(settings.LANGUAGES):
        language = settings.LANGUAGE_CODE
    token = request.GET.get("icon", "")
    if not token:
        return _plain(language, settings.SITE_NAME, settings.SITE_ICON).respond(request, PUBLIC)
    code = TransferCode.objects.code_of_token(token, timezone.now())
    # Behind the #: whoever opens it sends the code to nobody.
    start = f"/transfer#code={code}" if code else "/"
    return _ready(language, settings.SITE_NAME, settings.SITE_ICON, start).respond(request, PRIVATE)


@lru_cache(maxsize=8)
def _plain(language: str, site_name: str, site_icon: str) -> Ready:
    return _ready(language, site_name, site_icon, "/")


def _ready(language: str, site_name: str, site_icon: str, start: str) -> Ready:
    neutral = (site_name, site_icon) != (OWN_NAME, DRAWN[0])
    content = Ready.from_json(describe(language, site_name, start, neutral=neutral))
    return Ready.from_bytes(content.body, CONTENT_TYPE)


def describe(language: str, site_name: str, start: str, *, neutral: bool) -> dict[str, Any]:
    """The manifest's content. Its `id` is the same whatever it starts with: it is one app.

    A site with a name or an icon of its own may have them so that they say nothing: no pictures of campaigns then.
    """
    texts = app_texts(language)
    return {
        "id": "/",
        "name": site_name,
        "short_name": site_name,
        "description": texts["manifest_description"],
        "lang": language,
        "dir": "ltr",
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "orientation": "any",
        "background_color": "#f2f1f6",
        "theme_color": "#43249b",
        "categories": ["social", "news"],
        "icons": icons(),
        "shortcuts": [_shortcut(texts["nav_alerts"], "/alerts"), _shortcut(texts["nav_settings"], "/settings")],
        "screenshots": []
        if neutral
        else [_screenshot("feed", texts["manifest_feed"]), _screenshot("action", texts["manifest_action"])],
    }


def icons() -> list[dict[str, str]]:
    """The icon in its forms: as it is, cut to any shape, and the bare mark."""
    return [
        {"src": "/icons/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
        _picture("icon", 192, "any"),
        _picture("icon", 512, "any"),
        _picture("maskable", 192, "maskable"),
        _picture("maskable", 512, "maskable"),
        _picture("badge", 96, "monochrome"),
    ]


def _picture(name: str, size: int, purpose: str) -> dict[str, str]:
    return {"src": f"/icons/{name}-{size}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


def _shortcut(name: str, url: str) -> dict[str, Any]:
    return {"name": name, "url": url, "icons": [{"src": "/icons/icon-192.png", "sizes": "192x192"}]}


def _screenshot(name: str, label: str) -> dict[str, str]:
    source = {"src": f"/screenshots/{name}.png", "sizes": "780x1688", "type": "image/png"}
    return {**source, "form_factor": "narrow", "label": label}
