"""Calendars: of a campaign, to subscribe to; of one action, to put into one's own.

A public campaign's are for everybody. One by link is opened by the key in the address: a calendar's program sends no
cookie and no header. Both of a closed campaign also come to the browser of a follower.
"""

from collections.abc import Callable, Hashable
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

from accounts.models import Device
from campaigns.models import Action, Campaign, Visibility
from campaigns.sharing.calendars import action_calendar, campaign_calendar
from campaigns.views.ready import PRIVATE
from mobilise.icalendar import CONTENT_TYPE
from mobilise.ready import Ready, ready_answers

SECONDS = 5.0
PUBLIC = "public, max-age=300"
LANGUAGES = frozenset(code for code, _ in settings.LANGUAGES)

Build = Callable[[QuerySet[Campaign]], bytes | None]


@require_safe
def calendar_of_campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """All that the campaign does, with alarms for who gets no alerts. 404 when the caller may not know of it."""
    language, alarm = _language_of(request), request.GET.get("alarm") == "1"

    def build(campaigns: QuerySet[Campaign]) -> bytes | None:
        campaign = campaigns.filter(slug=slug).first()
        if campaign is None:
            return None
        return campaign_calendar(campaign, language or campaign.main_language, timezone.now(), alarm=alarm)

    closed = Campaign.objects.published().filter(slug=slug)
    return _answer(request, build, closed, slug, (slug, language, alarm))


@require_safe
def calendar_of_action(request: HttpRequest, action: UUID) -> HttpResponse:
    """The action with its gatherings, or the one of them that ``gathering`` names. 404 as above."""
    language, gathering = _language_of(request), _gathering_of(request)

    def build(campaigns: QuerySet[Campaign]) -> bytes | None:
        found = Action.objects.shown().filter(campaign__in=campaigns, uuid=action)
        return action_calendar(found, language, timezone.now(), gathering)

    closed = Campaign.objects.published().filter(actions__in=Action.objects.shown().filter(uuid=action))
    return _answer(request, build, closed, "action", (action, language, gathering))


def _answer(
    request: HttpRequest, build: Build, closed: QuerySet[Campaign], name: str, key: tuple[Hashable, ...]
) -> HttpResponse:
    """Public bytes for everybody; else those of the ``closed`` campaign, for those who may see it."""

    def ready(audience: str, campaigns: QuerySet[Campaign]) -> Ready:
        def make() -> Ready:
            calendar = build(campaigns)
            if not calendar:
                raise Http404
            return Ready.from_bytes(calendar, CONTENT_TYPE)

        return ready_answers.get(("calendar", audience, *key), make, SECONDS)

    try:
        response = ready("public", Campaign.objects.public()).respond(request, PUBLIC)
    except Http404:
        campaign = _opened_by(request, closed)
        if campaign is None:
            raise
        response = ready("closed", Campaign.objects.filter(pk=campaign.pk)).respond(request, PRIVATE)
    response["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return response


def _opened_by(request: HttpRequest, closed: QuerySet[Campaign]) -> Campaign | None:
    """The campaign, if whoever asks has its key or follows it. As many statements as if there were none."""
    if key := request.GET.get("key", ""):
        by_link = closed.filter(visibility=Visibility.LINK).first()
        if by_link and by_link.calendar_key and constant_time_compare(key, by_link.calendar_key):
            return by_link
    device = Device.objects.from_cookie(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""))
    return closed.filter(follows__device=device).first() if device else None


def _language_of(request: HttpRequest) -> str:
    """The one that the address wants; "" for the campaign's own."""
    wanted = request.GET.get("lang", "")
    return wanted if wanted in LANGUAGES else ""


def _gathering_of(request: HttpRequest) -> UUID | None:
    """Raises Http404 for what is no id."""
    text = request.GET.get("gathering", "")
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None
