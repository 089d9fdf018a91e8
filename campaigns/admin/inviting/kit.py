"""The relay kit: what organisers put into their own channels to bring people here. Never a post for others to copy."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.models import Action, ActionState, Campaign, Visibility
from campaigns.models.action import SHOWN
from campaigns.models.invitation import path_of
from campaigns.sharing.words import Words, invitation_text, languages_of, words_of_action, words_of_campaign
from mobilise.drawing.qr import draw_qr_code

Rows = list["Wording"]


@dataclass(frozen=True, slots=True)
class Wording:
    """The kit in one language."""

    code: str
    name: str
    text: str
    picture: str  # its path; "" when nothing is public yet
    picture_alt: str


@dataclass(frozen=True, slots=True)
class Kit:
    """All of it. ``problem`` says why the link does not show everybody everything."""

    language: str  # of the poster
    link: str
    wordings: Rows
    heading: str  # of the poster
    lines: tuple[str, ...]
    file_name: str
    calendar: str = ""
    problem: str = ""

    @property
    def qr_code(self) -> SafeString:
        """An <svg> for the page."""
        return draw_qr_code(self.link)


def kit_of_campaign(campaign: Campaign, code: str = "") -> Kit:
    """With the code of an invitation, the link is that invitation's."""
    path = path_of(campaign, code) if code else campaign.path
    public = campaign.published and campaign.visibility == Visibility.PUBLIC
    wordings = [
        _wording(
            language, words_of_campaign(campaign, language), path, campaign, f"/c/{campaign.slug}" if public else ""
        )
        for language in languages_of(campaign)
    ]
    main = words_of_campaign(campaign, campaign.main_language)
    return Kit(
        language=campaign.main_language,
        link=settings.SITE_URL + path,
        wordings=wordings,
        heading=main.title,
        lines=tuple(filter(None, (main.when, main.place))),
        file_name=campaign.slug,
        calendar=settings.SITE_URL + campaign.calendar_path if campaign.calendar_path else "",
        problem="" if campaign.published else _("The campaign is not published yet: its link shows nothing so far."),
    )


def kit_of_action(action: Action, now: datetime) -> Kit:
    """Nothing of a hashtag that is not revealed. 1 query, for the gatherings."""
    campaign = action.campaign
    by_link = campaign.visibility == Visibility.LINK
    path = f"/a/{action.uuid}"
    public = campaign.published and campaign.visibility == Visibility.PUBLIC and action.state in SHOWN
    link = f"{path}#link={campaign.link_key}" if by_link else path
    wordings = [
        _wording(language, words_of_action(action, language, now), link, campaign, path if public else "")
        for language in languages_of(campaign)
    ]
    main = words_of_action(action, campaign.main_language, now)
    return Kit(
        language=campaign.main_language,
        link=settings.SITE_URL + link,
        wordings=wordings,
        heading=main.title,
        lines=tuple(filter(None, (main.state, main.when, main.place))),
        file_name=f"{campaign.slug}-{action.pk}",
        problem=_problem_of(action),
        calendar="" if campaign.visibility == Visibility.INVITATION else _calendar_of(action),
    )


def _wording(language: str, words: Words, path: str, campaign: Campaign, public_path: str) -> Wording:
    # With a language of its own in the address, the preview of the link is in that language.
    foreign = bool(public_path) and language != campaign.main_language
    link = f"{settings.SITE_URL}{path}{f'?lang={language}' if foreign else ''}"
    return Wording(
        code=language,
        name=_language_name(language),
        text=invitation_text(words, link, language),
        picture=f"{public_path}/{language}-{words.digest}.png" if public_path else "",
        picture_alt=words.in_one_sentence,
    )


def _problem_of(action: Action) -> str:
    if action.state == ActionState.CANCELLED:
        return _("The action is cancelled: its page says so.")
    if action.state not in SHOWN or not action.campaign.published:
        return _("It is not published yet: its link shows nothing so far.")
    if action.campaign.visibility == Visibility.INVITATION:
        return _("The campaign is by invitation: this link opens the action for its followers only.")
    return ""


def _calendar_of(action: Action) -> str:
    key = action.campaign.calendar_key
    return f"{settings.SITE_URL}/actions/{action.uuid}.ics{f'?key={key}' if key else ''}"


def _language_name(code: str) -> str:
    names: dict[str, Any] = dict(settings.LANGUAGES)
    return str(names.get(code, code))
