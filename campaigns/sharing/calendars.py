"""Actions as entries of a calendar. Nothing of a hashtag that is not revealed."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.kinds import Kind
from campaigns.models import Action, ActionState, Campaign, Declaration, Gathering
from campaigns.rules import tells_too_early
from campaigns.sharing.words import listening_place
from mobilise.fields import pick
from mobilise.icalendar import Event, write_calendar

REFRESH = timedelta(hours=1)
KEPT = timedelta(days=30)
# To a place one has to go.
BEFORE_GATHERING, BEFORE_ANYTHING_ELSE = timedelta(hours=1), timedelta(minutes=10)
# What goes on for weeks is forgotten: once more, while there is time.
BEFORE_THE_END = timedelta(days=1)
USUAL_LENGTH = timedelta(hours=1)


def campaign_calendar(campaign: Campaign, language: str, now: datetime, *, alarm: bool = False) -> bytes:
    """What the campaign did lately, does and will do. An alarm is for who gets no alerts. 2 queries."""
    shown = _read(Action.objects.shown().filter(campaign=campaign, ends_at__gt=now - KEPT)).order_by("starts_at", "pk")
    with translation.override(language):
        events = [event for action in shown for event in _events(action, language, now, alarm=alarm)]
        return write_calendar(pick(campaign.name, language, campaign.main_language), events, REFRESH)


def action_calendar(actions: QuerySet[Action], language: str, now: datetime, gathering: UUID | None) -> bytes | None:
    """The one action among ``actions``, or one gathering of it, with an alarm; None when there is none. 2 queries."""
    action = _read(actions).first()
    if action is None:
        return None
    language = language or action.campaign.main_language
    with translation.override(language):
        events = _events(action, language, now, gathering, alarm=True)
        name = pick(action.campaign.name, language, action.campaign.main_language)
    return write_calendar(name, events) if events else None


def _read(actions: QuerySet[Action]) -> QuerySet[Action]:
    return actions.select_related("campaign", "hashtagpush", "rallycall", "broadcast").prefetch_related("gatherings")


def _events(
    action: Action, language: str, now: datetime, gathering: UUID | None = None, *, alarm: bool = False
) -> list[Event]:
    """One for each gathering; one for an action that has none."""
    places = [one for one in action.gatherings.all() if gathering in (None, one.uuid)]
    if places:
        return [_make(action, language, now, one, alarm=alarm) for one in places]
    return [] if gathering else [_make(action, language, now, None, alarm=alarm)]


def _make(action: Action, language: str, now: datetime, place: Gathering | None, *, alarm: bool) -> Event:
    def say(texts: dict[str, str]) -> str:
        text = pick(texts, language, action.campaign.main_language)
        return "" if tells_too_early(action, [text], now) else text

    cancelled, banned = action.state == ActionState.CANCELLED, _is_banned(action)
    title = say(action.title) or str(action._meta.get_field("kind").verbose_name)
    url = f"{settings.SITE_URL}/a/{action.uuid}"
    link = getattr(getattr(action, "broadcast", None), "link", "")
    words = [_hashtag(action, now), say(action.summary), link, say(place.practical) if place else "", url]
    return Event(
        uid=f"{(place or action).uuid}@{urlsplit(settings.SITE_URL).hostname}",
        revised_at=_revised_at(action, now),
        starts_at=place.starts_at if place else action.starts_at,
        ends_at=_end_of(action, place),
        summary=_("Cancelled: %(title)s") % {"title": title} if cancelled else title,
        description="\n\n".join([*([_("The rally is banned.")] if banned else []), *filter(None, words)]),
        location=", ".join(filter(None, [say(place.name), place.address])) if place else listening_place(action),
        url=url,
        coordinates=_coordinates(place),
        cancelled=cancelled,
        alarm=(BEFORE_GATHERING if place else BEFORE_ANYTHING_ELSE) if alarm and not banned else None,
        last_call=BEFORE_THE_END if alarm and _is_long(action) else None,
    )


def _end_of(action: Action, place: Gathering | None) -> datetime:
    if place is None:
        return action.ends_at
    if place.ends_at and place.ends_at > place.starts_at:
        return place.ends_at
    return action.ends_at if action.ends_at > place.starts_at else place.starts_at + USUAL_LENGTH


def _revised_at(action: Action, now: datetime) -> datetime:
    """A hashtag that is told since is a change too."""
    reveal_at = getattr(getattr(action, "hashtagpush", None), "reveal_at", None)
    return max(action.revised_at, reveal_at) if reveal_at and reveal_at <= now else action.revised_at


def _hashtag(action: Action, now: datetime) -> str:
    push = getattr(action, "hashtagpush", None)
    return f"#{push.hashtag}" if push and push.is_revealed(now) else ""


def _is_long(action: Action) -> bool:
    return action.kind == Kind.OUTREACH and action.ends_at - action.starts_at > 2 * BEFORE_THE_END


def _is_banned(action: Action) -> bool:
    rally = getattr(action, "rallycall", None)
    return rally is not None and rally.declaration == Declaration.BANNED


def _coordinates(place: Gathering | None) -> tuple[float, float] | None:
    if place is None or place.latitude is None or place.longitude is None:
        return None
    return float(place.latitude), float(place.longitude)
