"""The app's shell filled in: a preview for links in its head, a summary for those without JavaScript."""

import re
from collections.abc import Callable, Hashable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from campaigns.sharing.words import Words
from mobilise.drawing.card import HEIGHT, WIDTH
from mobilise.first_files import spoken_language
from mobilise.ready import Ready, ready_answers
from mobilise.shell import app_shell, not_built, read_shell, respond

SECONDS = 1.0

LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)

_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_DESCRIPTION = re.compile(r'<meta\s+name="description"[^>]*>\s*')
_NOSCRIPT = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_LANGUAGE = re.compile(r'<html lang="[^"]*"')


def public_page(request: HttpRequest, thing: Hashable, page_of: Callable[[str, str, str], str]) -> HttpResponse:
    """The page of a public ``thing``; the bare shell for any other, which says nothing of what exists.

    ``page_of`` makes it of the shell, the language that the link names and the one that the phone speaks. It raises
    Http404 for what is not public.
    """
    shell, language, spoken = read_shell(), wanted_language(request), spoken_language(request)
    if shell is None:
        return not_built()
    try:
        ready = ready_answers.get(
            ("page", thing, language, spoken), lambda: Ready.from_html(page_of(shell, language, spoken)), SECONDS
        )
    except Http404:
        return app_shell(request)
    return respond(request, ready, "Accept-Language")


def fill(shell: str, summary_template: str, context: dict[str, Any], *, head_template: str = "app/head.html") -> str:
    """``context`` as `head_context` begins it, with what the summary says."""
    head = render_to_string(head_template, context)
    summary = render_to_string(summary_template, context)
    # Functions, as a replacement text would have its backslashes read.
    page = _LANGUAGE.sub(lambda _: f'<html lang="{context["language"]}"', shell, count=1)
    page = _TITLE.sub(lambda _: head, _DESCRIPTION.sub("", page, count=1), count=1)
    return _NOSCRIPT.sub(lambda _: summary, page, count=1)


def head_context(path: str, main_language: str, language: str, words: Words) -> dict[str, Any]:
    """What crawlers read. The picture's address changes with what is on it: they keep pictures for long."""
    return {
        "site_name": settings.SITE_NAME,
        "language": language,
        # Crawlers read this address instead of the one that was shared.
        "url": f"{settings.SITE_URL}{path}{'' if language == main_language else f'?lang={language}'}",
        "image": f"{settings.SITE_URL}{picture_path(path, language, words)}",
        "image_size": (WIDTH, HEIGHT),
        "image_alt": words.in_one_sentence,
    }


def picture_path(path: str, language: str, words: Words) -> str:
    """Where the picture of the page at ``path`` is."""
    return f"{path}/{language}-{words.digest}.png"


def wanted_language(request: HttpRequest) -> str:
    """The one that the link names (`?lang=`); "" for the campaign's main one. The app itself speaks the phone's."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in LANGUAGES else ""
