"""What a page names beside the app itself, so that a phone asks for all of it at once: a screen's files, its answers.

Without them it would learn of each only from the one before: the script, then the screen, then what that shows.
"""

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation.trans_real import parse_accept_lang_header

# Written by frontend/scripts/first-files.ts.
FILE = "first-files.json"
# As frontend/src/words/languages.ts chooses.
FALLBACKS = ("en", "fr")


def spoken_language(request: HttpRequest) -> str:
    """The language that the app will speak in this browser, as far as the request tells; "" when there is none."""
    texts = _listed()["texts"]
    asked = [code.partition("-")[0] for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))]
    return next((code for code in (*asked, *FALLBACKS) if code in texts), "")


def with_first_files(page: str, language: str, screens: Iterable[str], answers: Iterable[str]) -> str:
    """The page with links to the files of these screens, the texts of the language, and these answers of the API."""
    listed = _listed()
    scripts = dict.fromkeys(file for screen in screens for file in listed["screens"].get(screen, ()))
    data = [file for file in [listed["texts"].get(language)] if file] + list(answers)
    links = _links('<link rel="modulepreload" crossorigin href="{}">', scripts)
    # Asked for as the app's own calls are, else they would be asked for twice.
    links += _links('<link rel="preload" as="fetch" crossorigin href="{}">', data)
    return page.replace("</head>", f"{links}</head>", 1) if scripts else page


def _links(form: str, addresses: Iterable[str]) -> SafeString:
    return format_html_join("", f"  {form}\n  ", ((address,) for address in addresses))


def _listed() -> dict[str, Any]:
    path = settings.FRONTEND_DIST / FILE
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        return {"screens": {}, "texts": {}}


@lru_cache(maxsize=2)
def _read(path: Path, modified: int) -> dict[str, Any]:
    listed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return listed
