"""A public action's page: the app's shell with a preview for links, and a summary that needs no JavaScript."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import Action, ActionState, Declaration, Person
from campaigns.reading import KIND_TABLES
from campaigns.rules import tells_too_early, without_withdrawn
from campaigns.sharing.words import words_of_action
from campaigns.views.pages.filling import fill, head_context, public_page
from mobilise.fields import pick
from mobilise.first_files import with_first_files
from mobilise.shell import FEED


def action_page(request: HttpRequest, action: UUID) -> HttpResponse:
    """The page of a public action; the bare shell for any other."""
    return public_page(request, action, partial(_fill, action))


def _fill(uuid: UUID, shell: str, language: str, spoken: str) -> str:
    found = Action.objects.public().select_related("campaign", *KIND_TABLES).filter(uuid=uuid)
    action = found.prefetch_related("gatherings", "links", "solidarityalert__persons").first()
    if action is None:
        raise Http404
    language = language or action.campaign.main_language
    with translation.override(language):
        page = fill(shell, "app/action_summary.html", describe(action, timezone.now()))
    answer = f"/api/v1/actions/{uuid}"
    counted = action.state == ActionState.PUBLISHED and action.ends_at > timezone.now()
    answers = [answer, *([f"{answer}/pulse"] if counted else []), FEED]
    return with_first_files(page, spoken, ["action", action.kind], answers)


def describe(action: Action, now: datetime) -> dict[str, Any]:
    """What the page says, in the language of now. Nothing of a hashtag that is not revealed."""
    campaign, language = action.campaign, translation.get_language() or action.campaign.main_language
    when = f"{_moment(action.starts_at, action)} – {_moment(action.ends_at, action)} ({action.time_zone})"
    summary = _say(action, without_withdrawn(action, action.summary))
    words = words_of_action(action, language, now)
    return {
        **head_context(f"/a/{action.uuid}", campaign.main_language, language, words),
        "campaign": _say(action, campaign.name),
        "title": _say(action, without_withdrawn(action, action.title)),
        "description": f"{when}. {summary}" if summary else when,
        "when": when,
        "gatherings": [_describe_gathering(action, one) for one in action.gatherings.all()],
        "links": [
            {"label": _say(action, one.label), "url": one.url}
            for one in action.links.all()
            if not tells_too_early(action, [one.url, *one.label.values()], now)
        ],
        "run_by": _say(action, campaign.run_by),
        "contact": campaign.contact,
        **_describe_kind(action, summary, now),
    }


def _describe_kind(action: Action, summary: str, now: datetime) -> dict[str, Any]:
    push, rally, case, broadcast, outreach = (getattr(action, table, None) for table in KIND_TABLES)
    cancelled = action.get_state_display() if action.state == ActionState.CANCELLED else ""
    said: dict[str, Any] = {"state": cancelled, "texts": [summary] if summary else []}
    if push and push.is_revealed(now):
        said["hashtag"] = push.hashtag
    if rally:
        said["state"] = cancelled or rally.get_declaration_display()
        if rally.declaration == Declaration.BANNED:
            said["description"] = _("The rally is banned.")
            said["texts"] = [_("Participants of a banned demonstration risk a fine of 135 euros."), *said["texts"]]
        said["texts"] += [text for text in [_say(action, rally.practical)] if text]
    if outreach:
        said["texts"] += [text for text in [_say(action, outreach.script)] if text]
    if case:
        if case.is_unconfirmed(now):
            said["state"] = cancelled or _("Unconfirmed since %(when)s.") % {"when": _moment(case.checked_at, action)}
        said["texts"] += [text for text in [_say(action, case.what_to_do)] if text]
        said["checked"] = _moment(case.checked_at, action)
        said["source"] = case.source
        said["persons"] = [_describe_person(action, one) for one in case.persons.all()]
        said["legal_phone"] = action.campaign.legal_phone
    if broadcast:
        said["broadcast"] = {
            "medium": broadcast.get_medium_display(),
            "platform": broadcast.platform,
            "link": broadcast.link,
        }
    return said


def _describe_gathering(action: Action, gathering: Any) -> dict[str, str]:
    return {
        "when": _moment(gathering.starts_at, action),
        "name": _say(action, gathering.name),
        "address": gathering.address,
        "practical": _say(action, gathering.practical),
    }


def _describe_person(action: Action, person: Person) -> dict[str, str]:
    return {
        # Without a consent a person is "one person", as the model says.
        "name": person.public_name or str(person),
        "status": person.get_status_display(),
        "place": _say(action, person.place),
        "when": _moment(person.at, action) if person.at else "",
    }


def _say(action: Action, texts: Mapping[str, str]) -> str:
    main = action.campaign.main_language
    return pick(texts, translation.get_language() or main, main)


def _moment(moment: datetime, action: Action) -> str:
    return date_format(moment.astimezone(action.zone), "l j F Y, H:i")
