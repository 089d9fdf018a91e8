"""The pictures of links, for crawlers: public, without a cookie, the same for everybody."""

from collections.abc import Callable, Hashable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaigns.models import Action, Campaign
from campaigns.sharing.previews import picture_of, with_what_is_said
from campaigns.sharing.words import words_of_action, words_of_campaign
from campaigns.views.pages.filling import LANGUAGES
from mobilise.ready import Ready, ready_answers

SECONDS = 5.0


@require_safe
def action_picture(request: HttpRequest, action: UUID, version: str) -> HttpResponse:
    """What the action looks like now, whichever version is asked for. 404 unless it is public."""

    def draw(language: str) -> bytes:
        found = with_what_is_said(Action.objects.public().filter(uuid=action)).first()
        if found is None:
            raise Http404
        return picture_of(words_of_action(found, language, timezone.now()), found.campaign, found, language)

    return _answer(request, action, version, draw)


@require_safe
def campaign_picture(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The same of a campaign."""

    def draw(language: str) -> bytes:
        campaign = Campaign.objects.public().filter(slug=slug).first()
        if campaign is None:
            raise Http404
        return picture_of(words_of_campaign(campaign, language), campaign, None, language)

    return _answer(request, slug, version, draw)


def _answer(request: HttpRequest, subject: Hashable, version: str, draw: Callable[[str], bytes]) -> HttpResponse:
    language = version.partition("-")[0]
    if language not in LANGUAGES:
        raise Http404
    ready = ready_answers.get(
        ("picture", subject, language), lambda: Ready.from_bytes(draw(language), "image/png"), SECONDS
    )
    response = ready.respond(request, "public, max-age=3600")
    # Sites that show a preview load it from their own pages.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
