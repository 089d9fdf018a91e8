"""The feed: what is live, what comes, what is over; of all public campaigns or of one."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.models import Device
from campaigns.models import Action, Campaign
from campaigns.reading import Described, describe_actions, describe_campaigns
from campaigns.serializers.action import FeedOutput
from campaigns.views.ready import ReadyView
from mobilise.ready import Ready
from mobilise.schema import DEVICE_OPTIONAL, errors
from mobilise.serializing import utc_text

RECENT = timedelta(days=7)


class FeedView(ReadyView):
    """All public campaigns at once."""

    @extend_schema(operation_id="feed", tags=["feed"], responses={200: FeedOutput}, auth=[])
    def get(self, request: Request) -> HttpResponseBase:
        """Public campaigns only, all languages inside, at most 2 s old. The same bytes for everybody; ETag."""
        return self.read(request)

    def build(self, *, public: bool, **names: Any) -> Ready:
        """Reads it."""
        return _build(Campaign.objects.public(), Action.objects.public())


class CampaignFeedView(ReadyView):
    """One campaign."""

    @extend_schema(
        operation_id="campaignFeed", tags=["feed"], responses={200: FeedOutput, **errors(404)}, auth=DEVICE_OPTIONAL
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """The feed of one campaign: public, or one that this device follows or has the link of."""
        return self.read(request, slug=slug)

    def build(self, *, public: bool, **names: Any) -> Ready:
        """Reads it."""
        found = Campaign.objects.public() if public else Campaign.objects.published()
        slug = names["slug"]
        return _build(found.filter(slug=slug), Action.objects.shown().filter(campaign__slug=slug), one=True)

    def may_see(self, device: Device | None, links: list[str], **names: Any) -> bool:
        """Followers may, and whoever has its link."""
        return Campaign.objects.visible_to(device, links).filter(slug=names["slug"]).exists()


def _build(campaigns: QuerySet[Campaign], actions: QuerySet[Action], *, one: bool = False) -> Ready:
    now = timezone.now()
    described = describe_campaigns(campaigns, now)
    if one and not described:
        raise Http404
    recent = actions.filter(ends_at__gt=now - RECENT)
    return Ready.from_json({"campaigns": described, **_sort(describe_actions(recent, now), now)}, as_of=utc_text(now))


def _sort(actions: list[tuple[Action, Described]], now: datetime) -> dict[str, list[Described]]:
    """Live: what ends first; coming: what starts first; over: what ended last."""
    live = [one for one in actions if one[0].starts_at <= now < one[0].ends_at]
    coming = [one for one in actions if now < one[0].starts_at]
    over = [one for one in actions if one[0].ends_at <= now]
    return {
        "live": [described for _, described in sorted(live, key=lambda one: (one[0].ends_at, one[0].pk))],
        "coming": [described for _, described in sorted(coming, key=lambda one: (one[0].starts_at, one[0].pk))],
        "over": [described for _, described in sorted(over, key=lambda one: one[0].ends_at, reverse=True)],
    }
