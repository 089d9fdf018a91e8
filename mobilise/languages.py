"""The languages of the site: one file each in frontend/messages. Whoever adds a file adds a language."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.conf.locale import LANG_INFO

MESSAGES = Path(__file__).resolve().parents[1] / "frontend" / "messages"
# The one that texts are written in first, and the one for those who speak none of ours.
FIRST = ("fr", "en")


def codes() -> list[str]:
    """Of all languages; ours first."""
    found = {file.stem for file in MESSAGES.glob("*.json")}
    return [*FIRST, *sorted(found.difference(FIRST))]


def name_of(code: str) -> str:
    """In English, as Django's own translations know it; the code when they do not."""
    return str(LANG_INFO.get(code, {}).get("name", code))


@cache
def app_texts(code: str) -> dict[str, Any]:
    """What the app says in this language; a text that was not translated yet is the first language's."""
    texts = [json.loads((MESSAGES / f"{one}.json").read_text(encoding="utf-8")) for one in (FIRST[0], code)]
    return {**texts[0], **texts[1]}


def choices() -> list[tuple[str, Any]]:
    """For fields: named in migrations, which so stay as they are when a language is added."""
    return list(settings.LANGUAGES)
