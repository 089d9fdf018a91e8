"""The action's card that an alert carries, so that a tap shows the action with no network at all."""

from datetime import UTC, datetime
from typing import Any

from campaigns.models import Action, ActionState, Broadcast, Gathering, HashtagPush
from campaigns.rules import case_of, rally_of, without_withdrawn
from mobilise.fields import pick

MOST_GATHERINGS = 3


def make_card(action: Action, language: str, now: datetime) -> dict[str, Any]:
    """The card in one language. Before ``reveal_at`` it does not hold the hashtag."""
    main = action.campaign.main_language
    card: dict[str, Any] = {
        "action": str(action.uuid),
        "kind": action.kind,
        "title": pick(without_withdrawn(action, action.title), language, main),
        "summary": pick(without_withdrawn(action, action.summary), language, main),
        "starts_at": _iso(action.starts_at),
        "ends_at": _iso(action.ends_at),
        "time_zone": action.time_zone,
        "gatherings": [_gathering(one, language, main) for one in action.gatherings.all()[:MOST_GATHERINGS]],
        "legal_phone": action.campaign.legal_phone,
        **_hashtag(action, now),
        **_broadcast(action),
        **_standing(action),
    }
    return {name: value for name, value in card.items() if value} | _withheld(action, now)


def _hashtag(action: Action, now: datetime) -> dict[str, str]:
    push: HashtagPush | None = getattr(action, "hashtagpush", None)
    # While it is kept back, so is the link, which may hold it too.
    if push is None or not push.is_revealed(now):
        return {}
    return {"hashtag": push.hashtag, "link": push.link}


def _withheld(action: Action, now: datetime) -> dict[str, str | None]:
    """When the hashtag will be told, None for one that was withdrawn: as the API says it."""
    push: HashtagPush | None = getattr(action, "hashtagpush", None)
    if push is None or push.is_revealed(now):
        return {}
    return {"reveal_at": None if push.withdrawn_at or not push.reveal_at else _iso(push.reveal_at)}


def _broadcast(action: Action) -> dict[str, str]:
    broadcast: Broadcast | None = getattr(action, "broadcast", None)
    if broadcast is None:
        return {}
    return {"medium": broadcast.medium, "platform": broadcast.platform, "link": broadcast.link}


def _standing(action: Action) -> dict[str, str]:
    """Whether it is cancelled or a banned rally, and how long what it says of a case holds: without a network too."""
    case, rally = case_of(action), rally_of(action)
    # As the API says it; a card that says nothing of it is of an action that is open.
    cancelled = {"state": "cancelled"} if action.state == ActionState.CANCELLED else {}
    if case is not None:
        return cancelled | {"checked_at": _iso(case.checked_at)}
    return cancelled if rally is None else cancelled | {"declaration": rally.declaration}


def _gathering(gathering: Gathering, language: str, main: str) -> dict[str, str]:
    return {
        "id": str(gathering.uuid),
        "name": pick(gathering.name, language, main),
        "address": gathering.address,
        "starts_at": _iso(gathering.starts_at),
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
