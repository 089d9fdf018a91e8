"""A public action's page: the app's shell with a preview for links, and a summary that needs no JavaScript."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format

from campaigns.models import Action, ActionState, Person
from campaigns.rules import tells_too_early
from mobilise.fields import pick
from mobilise.ready import Ready, ready_answers
from mobilise.shell import app_shell, not_built, read_shell, respond

SECONDS = 1.0
KIND_TABLES = ("hashtagpush", "rallycall", "solidarityalert")

_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_DESCRIPTION = re.compile(r'<meta\s+name="description"[^>]*>\s*')
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_LANGUAGE = re.compile(r'<html lang="[^"]*"')


def action_page(request: HttpRequest, action: UUID) -> HttpResponse:
    """The page of a public action; the bare shell for any other, which says nothing of what exists."""
    shell = read_shell()
    if shell is None:
        return not_built()
    try:
        ready = ready_answers.get(("page", action), lambda: Ready.from_html(_fill(shell, action)), SECONDS)
    except Http404:
        return app_shell(request)
    return respond(request, ready)


def _fill(shell: str, uuid: UUID) -> str:
    found = Action.objects.public().select_related("campaign", *KIND_TABLES).filter(uuid=uuid)
    action = found.prefetch_related("gatherings", "links", "solidarityalert__persons").first()
    if action is None:
        raise Http404
    language = action.campaign.main_language
    with translation.override(language):
        context = describe(action, timezone.now())
        head = render_to_string("app/action_head.html", context)
        summary = render_to_string("app/action_summary.html", context)
    # Functions, as a replacement text would have its backslashes read.
    page = _DESCRIPTION.sub("", _LANGUAGE.sub(lambda _: f'<html lang="{language}"', shell, count=1), count=1)
    page = _TITLE.sub(lambda _: head, page, count=1)
    return _NOSCRIPT.sub(lambda _: summary, page, count=1)


def describe(action: Action, now: datetime) -> dict[str, Any]:
    """What the page says, in the campaign's main language. Nothing of a hashtag that is not revealed."""
    campaign = action.campaign
    when = f"{_moment(action.starts_at, action)} – {_moment(action.ends_at, action)} ({action.time_zone})"
    summary = _say(action, action.summary)
    return {
        "site_name": settings.SITE_NAME,
        "language": campaign.main_language,
        "campaign": _say(action, campaign.name),
        "title": _say(action, action.title),
        "description": f"{when}. {summary}" if summary else when,
        "url": f"{settings.SITE_URL}/a/{action.uuid}",
        "image": f"{settings.SITE_URL}/icons/icon-512.png",
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
    push, rally, case = (getattr(action, table, None) for table in KIND_TABLES)
    cancelled = action.get_state_display() if action.state == ActionState.CANCELLED else ""
    said: dict[str, Any] = {"state": cancelled, "texts": [summary] if summary else []}
    if push and push.is_revealed(now):
        said["hashtag"] = push.hashtag
    if rally:
        said["state"] = cancelled or rally.get_declaration_display()
        said["texts"] += [text for text in [_say(action, rally.practical)] if text]
    if case:
        said["texts"] += [text for text in [_say(action, case.what_to_do)] if text]
        said["persons"] = [_describe_person(action, one) for one in case.persons.all()]
        said["legal_phone"] = action.campaign.legal_phone
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
    return pick(texts, main, main)


def _moment(moment: datetime, action: Action) -> str:
    return date_format(moment.astimezone(action.zone), "l j F Y, H:i")
