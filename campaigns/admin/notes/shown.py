"""What an action's page says of its live notes."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info

from campaigns.admin.notes.form import LIMIT
from campaigns.models import Action, LiveNote
from campaigns.models.live_note import MOST_SHOWN


def notes_of(action: Action, now: datetime) -> dict[str, Any]:
    """The notes, newest first, and whether one may be written now. One statement, none for a draft."""
    live = action.is_live(now)
    # All of them: what has slid out of sight on the phones can still be read here.
    notes = list(LiveNote.objects.filter(action_id=action.pk)) if live or action.is_over(now) else []
    inputs = _inputs(action) if live else []
    return {"notes": notes, "notes_shown": MOST_SHOWN, "notes_open": live, "note_inputs": inputs, "note_limit": LIMIT}


def _inputs(action: Action) -> list[dict[str, str]]:
    """An input per language, the campaign's main one first."""
    main = action.campaign.main_language
    codes = sorted((code for code, _ in settings.LANGUAGES), key=lambda code: code != main)
    return [{"code": code, "language": get_language_info(code)["name_local"].capitalize()} for code in codes]
