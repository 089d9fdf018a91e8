"""The hour that a text tells: how our proposals say it, and what becomes of it when the action is at another one."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, translation

from campaigns.models.action import Action
from mobilise.fields import Texts

FORMATS = {"en": "l j F, H:i"}
FRENCH_FORMAT = r"l j F, H \h i"


def start_in_words(moment: datetime, zone: ZoneInfo, language: str) -> str:
    """Day and hour as proposed texts tell them."""
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        return formats.date_format(moment.astimezone(zone), FORMATS.get(language, FRENCH_FORMAT))


def retold(texts: Texts, before: tuple[datetime, ZoneInfo], action: Action) -> Texts:
    """The texts with the start of ``before`` replaced by the action's, wherever it is told as we propose it."""
    told = {}
    for language, text in texts.items():
        now = start_in_words(action.starts_at, action.zone, language)
        told[language] = text.replace(start_in_words(*before, language), now)
    return told
