"""What is said of a campaign or an action to those who are not there yet. Nothing of a hashtag that is not revealed."""

import hashlib
from dataclasses import astuple, dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.kinds import Kind
from campaigns.models import Action, ActionState, Campaign
from campaigns.rules import tells_too_early
from mobilise.drawing.card import Card
from mobilise.fields import pick

# To be raised when the picture of the same words is drawn differently.
DRAWING = 2


@dataclass(frozen=True, slots=True)
class Words:
    """In one language, each empty when there is nothing to say."""

    campaign: str
    title: str
    hashtag: str
    state: str
    when: str
    place: str

    @property
    def card(self) -> Card:
        """On a picture."""
        site = urlsplit(settings.SITE_URL).netloc
        return Card(self.campaign, self.title, self.state or self.hashtag, (self.when, self.place), site)

    @property
    def in_one_sentence(self) -> str:
        """For those who do not see the picture."""
        parts = (self.campaign, self.title, self.state or self.hashtag, self.when, self.place)
        return ". ".join(part for part in parts if part)

    @property
    def digest(self) -> str:
        """Of all that is on the picture."""
        return hashlib.sha256(repr((DRAWING, settings.SITE_URL, *astuple(self))).encode()).hexdigest()[:16]


def words_of_campaign(campaign: Campaign, language: str) -> Words:
    """Its name, and until when."""
    with translation.override(language):
        deadline = campaign.goal_deadline
        until = _moment(deadline.astimezone(campaign.zone)) if deadline else ""
        when = _("Until %(day)s") % {"day": until} if until else ""
        return Words(
            "", _say(campaign, campaign.name, language), "", "", when, _say(campaign, campaign.run_by, language)
        )


def words_of_action(action: Action, language: str, now: datetime) -> Words:
    """Hashtag, date and place. Never a person. Reads the gatherings: 1 query unless they are there."""
    campaign = action.campaign
    push = getattr(action, "hashtagpush", None)
    with translation.override(language):
        title = _say(campaign, action.title, language)
        return Words(
            campaign=_say(campaign, campaign.name, language),
            title="" if tells_too_early(action, [title], now) else title,
            hashtag=f"#{push.hashtag}" if push and push.is_revealed(now) else "",
            state=_state(action),
            when=_span(action),
            place=_place(action, language, now),
        )


def invitation_text(words: Words, link: str, language: str) -> str:
    """An invitation for the organisers' own channels. No hashtag: it is not to be passed on as a post."""
    with translation.override(language):
        if not words.campaign:
            text = _(
                "%(title)s: follow the campaign and get its alerts at the right moment, without giving a name or a "
                "number. %(link)s"
            )
            return text % {"title": words.title, "link": link}
        facts = ". ".join(part for part in (words.state, words.title, words.when, words.place) if part)
        return _("%(facts)s. Everything is here, no account needed: %(link)s") % {"facts": facts, "link": link}


def languages_of(campaign: Campaign) -> list[str]:
    """Those in which the campaign has a name, its main one first."""
    main = campaign.main_language
    return [main, *(code for code, _name in settings.LANGUAGES if code != main and campaign.name.get(code))]


def listening_place(action: Action) -> str:
    """What a broadcast is on, "" for anything else."""
    broadcast = getattr(action, "broadcast", None) if action.kind == Kind.BROADCAST else None
    return f"{capfirst(broadcast.get_medium_display())}, {broadcast.platform}" if broadcast else ""


def _state(action: Action) -> str:
    if action.state == ActionState.CANCELLED:
        return _("Cancelled")
    rally = getattr(action, "rallycall", None)
    return str(rally.get_declaration_display()).capitalize() if rally and rally.declaration == "banned" else ""


def _span(action: Action) -> str:
    """From when to when, in the action's own zone, which is named."""
    start, end = action.starts_at.astimezone(action.zone), action.ends_at.astimezone(action.zone)
    until = date_format(end, "H:i") if start.date() == end.date() else _moment(end)
    city = action.time_zone.rpartition("/")[2].replace("_", " ")
    return f"{_moment(start)} – {until} ({city})"


def _place(action: Action, language: str, now: datetime) -> str:
    if on_air := listening_place(action):
        return on_air
    places = list(action.gatherings.all())
    if len(places) > 1:
        return ngettext("%(n)d place", "%(n)d places", len(places)) % {"n": len(places)}
    texts = [part for one in places for part in (_say(action.campaign, one.name, language), one.address) if part]
    return ", ".join(text for text in texts if not tells_too_early(action, [text], now))


def _moment(moment: datetime) -> str:
    return date_format(moment, "l j F Y, H:i")


def _say(campaign: Campaign, texts: dict[str, str], language: str) -> str:
    return pick(texts, language, campaign.main_language)
