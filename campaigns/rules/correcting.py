"""News of an action itself, as a correction: what its followers may have been told is not so any more."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from campaigns.kinds import Purpose, Urgency
from campaigns.models import Action, Alert, Audience
from campaigns.rules.moments import say_moment
from mobilise.fields import pick

USEFUL_FOR = timedelta(hours=12)
LONGEST_BODY = 180


Texts = Mapping[str, str]


def make_correction(
    action: Action, corrects: Alert | None, title: Texts, named: Texts, means: Texts, now: datetime, **more: Any
) -> Alert:
    """To all followers, as a draft that is not stored.

    ``named``: what the action is called; ``means``: what it comes to; ``more``: other fields.
    """
    send_at = now.replace(second=0, microsecond=0)
    return Alert(
        action_id=action.pk,
        corrects=corrects,
        purpose=Purpose.CORRECTION,
        audience=Audience.FOLLOWERS,
        title=dict(title),
        body={code: _body(action, code, named, text, now) for code, text in means.items()},
        urgency=Urgency.HIGH,
        send_at=send_at,
        expires_at=max(action.ends_at, send_at + USEFUL_FOR),
        **more,
    )


def _body(action: Action, language: str, named: Texts, means: str, now: datetime) -> str:
    name = pick(named, language, action.campaign.main_language)
    whole = f"{name}, {say_moment(action.starts_at, action.zone, language, now)}. {means}"
    return whole if len(whole) <= LONGEST_BODY else means
