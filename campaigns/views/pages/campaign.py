"""A public campaign's page: the app's shell with a preview for links, and a summary that needs no JavaScript."""

from datetime import datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation

from campaigns.models import Action, ActionState, Campaign
from campaigns.rules import tells_too_early
from campaigns.sharing.words import words_of_campaign
from campaigns.views.pages.filling import fill, head_context, public_page
from mobilise.fields import pick
from mobilise.first_files import with_first_files

MOST_ACTIONS = 20


def campaign_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of a public campaign; the bare shell for any other."""
    return public_page(request, slug, partial(_fill, slug))


def _fill(slug: str, shell: str, language: str, spoken: str) -> str:
    campaign = Campaign.objects.public().filter(slug=slug).first()
    if campaign is None:
        raise Http404
    language = language or campaign.main_language
    with translation.override(language):
        page = fill(shell, "app/campaign_summary.html", describe(campaign, language, timezone.now()))
    answers = [f"/api/v1/campaigns/{slug}", f"/api/v1/campaigns/{slug}/feed"]
    return with_first_files(page, spoken, ["campaign"], answers)


def describe(campaign: Campaign, language: str, now: datetime) -> dict[str, Any]:
    """What the page says."""

    def say(texts: dict[str, str]) -> str:
        return pick(texts, language, campaign.main_language)

    words = words_of_campaign(campaign, language)
    coming = Action.objects.shown().filter(campaign=campaign, state=ActionState.PUBLISHED, ends_at__gt=now)
    titles = [
        (one, say(one.title)) for one in coming.select_related("hashtagpush").order_by("starts_at")[:MOST_ACTIONS]
    ]
    summary = say(campaign.summary)
    return {
        **head_context(f"/c/{campaign.slug}", campaign.main_language, language, words),
        "title": words.title,
        "description": summary or words.in_one_sentence,
        "summary": summary,
        "until": words.when,
        "actions": [
            {"url": f"/a/{one.uuid}", "title": title, "starts_at": one.starts_at.astimezone(one.zone)}
            for one, title in titles
            if not tells_too_early(one, [title], now)
        ],
        "run_by": say(campaign.run_by),
        "contact": campaign.contact,
    }
