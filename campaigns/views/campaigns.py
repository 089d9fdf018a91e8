"""Campaigns, and following them."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import today
from accounts.models import Device
from accounts.throttling import throttle_request
from accounts.views.base import DeviceView
from campaigns.kinds import kinds_to_mask
from campaigns.models import Campaign, Follow, Invitation
from campaigns.reading import describe_campaigns
from campaigns.serializers.campaign import CampaignOutput, CampaignsOutput, FollowInput, FollowOutput
from campaigns.views.links import links_of
from campaigns.views.ready import ReadyView
from mobilise.errors import Conflict
from mobilise.ready import Ready
from mobilise.schema import DEVICE_OPTIONAL, errors
from mobilise.serializing import utc_text


class CampaignsView(ReadyView):
    """All public campaigns."""

    @extend_schema(operation_id="campaigns", tags=["campaigns"], responses={200: CampaignsOutput}, auth=[])
    def get(self, request: Request) -> HttpResponseBase:
        """All public campaigns, at most 2 s old. The same bytes for everybody; ETag."""
        return self.read(request)

    def build(self, *, public: bool, **names: Any) -> Ready:
        """Reads them."""
        now = timezone.now()
        campaigns = describe_campaigns(Campaign.objects.public(), now)
        return Ready.from_json({"campaigns": campaigns}, as_of=utc_text(now))


class CampaignView(ReadyView):
    """One campaign."""

    @extend_schema(
        operation_id="campaign",
        tags=["campaigns"],
        responses={200: CampaignOutput, **errors(404)},
        auth=DEVICE_OPTIONAL,
    )
    def get(self, request: Request, slug: str) -> HttpResponseBase:
        """A public campaign, or a closed one that this device follows or has the link of."""
        return self.read(request, slug=slug)

    def build(self, *, public: bool, **names: Any) -> Ready:
        """Reads it."""
        found = Campaign.objects.public() if public else Campaign.objects.published()
        described = describe_campaigns(found.filter(slug=names["slug"]), timezone.now())
        if not described:
            raise Http404
        return Ready.from_json(described[0])

    def may_see(self, device: Device | None, links: list[str], **names: Any) -> bool:
        """Followers may, and whoever has its link."""
        return Campaign.objects.visible_to(device, links).filter(slug=names["slug"]).exists()


class FollowView(DeviceView):
    """Whether and how this device follows a campaign."""

    throttle_scope = "follow"

    @extend_schema(
        operation_id="follow",
        tags=["campaigns"],
        request=FollowInput,
        responses={200: FollowOutput, **errors(400, 401, 403, 404, 409, 429)},
    )
    def put(self, request: Request, slug: str) -> Response:
        """Follows with these kinds. A closed campaign needs its link or an invitation the first time: 404 without.

        404 too when the invitation is unknown, used up, revoked or too old: nothing says which. 409
        `consent_outdated`: that text is not the one of now.
        """
        given = FollowInput(data=request.data)
        given.is_valid(raise_exception=True)
        _check_consent(given.validated_data["consent_version"])
        # A campaign that is not there is limited and looked for like one that is closed.
        campaign = Campaign.objects.published().filter(slug=slug).first()
        visible = Campaign.objects.visible_to(self.device, links_of(request)).filter(slug=slug).exists()
        if not visible:
            throttle_request("invitation", request)
        with transaction.atomic():
            if not visible:
                _enter(campaign, given.validated_data.get("invitation", ""))
            if campaign is None:
                raise Http404
            follow = _follow(campaign, self.device, given.validated_data)
        return Response(FollowOutput(follow).data)

    @extend_schema(operation_id="unfollow", tags=["campaigns"], responses={204: None, **errors(401, 403, 404, 429)})
    def delete(self, request: Request, slug: str) -> Response:
        """Stops following; the consent goes with it."""
        Follow.objects.filter(device=self.device, campaign__slug=slug).delete()
        return Response(status=204)


def _check_consent(version: int) -> None:
    """Only to the text of now can anybody agree now: a phone may still have the app with the one before."""
    if version != settings.CONSENT_VERSION:
        raise Conflict("The text of the consent has changed: show the new one.", code="consent_outdated")


def _enter(campaign: Campaign | None, invitation: str) -> None:
    if not (invitation and Invitation.objects.redeem(campaign, invitation, timezone.now())):
        raise Http404


def _follow(campaign: Campaign, device: Device, wanted: dict[str, Any]) -> Follow:
    """Makes or changes the follow. The day of the consent is that of its last change."""
    values = {"kinds_mask": kinds_to_mask(wanted["kinds"]), "consent_version": wanted["consent_version"]}
    follow = Follow.objects.filter(campaign=campaign, device=device, **values).first()
    if follow is None:
        follow, _ = Follow.objects.update_or_create(
            campaign=campaign, device=device, defaults={**values, "consented_on": today()}
        )
    follow.campaign = campaign
    return follow
