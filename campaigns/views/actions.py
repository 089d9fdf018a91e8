"""One action, and its pulse."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.models import Device
from campaigns.models import Action, Tally
from campaigns.reading import describe_actions
from campaigns.serializers.action import ActionOutput
from campaigns.serializers.participation import PulseOutput
from campaigns.views.ready import ReadyView
from mobilise.ready import Ready
from mobilise.schema import DEVICE_OPTIONAL, errors
from mobilise.serializing import utc_text

# A smaller count could be told apart by those who know each other.
LEAST_COUNT = 10


class ActionReadyView(ReadyView):
    """Something of one action."""

    def may_see(self, device: Device, **names: Any) -> bool:
        """Followers of its campaign may."""
        return Action.objects.visible_to(device).filter(uuid=names["action"]).exists()


class ActionView(ActionReadyView):
    """One action."""

    @extend_schema(
        operation_id="action", tags=["actions"], responses={200: ActionOutput, **errors(404)}, auth=DEVICE_OPTIONAL
    )
    def get(self, request: Request, action: UUID) -> HttpResponseBase:
        """A public action, or one of a campaign that this device follows. Cancelled ones are shown as such."""
        return self.read(request, action=action)

    def build(self, *, public: bool, **names: Any) -> Ready:
        """Reads it."""
        found = Action.objects.public() if public else Action.objects.shown()
        described = describe_actions(found.filter(uuid=names["action"]), timezone.now())
        if not described:
            raise Http404
        return Ready.from_json(described[0][1])


class PulseView(ActionReadyView):
    """How many take part now."""

    seconds = 2.0

    @extend_schema(
        operation_id="pulse", tags=["actions"], responses={200: PulseOutput, **errors(404)}, auth=DEVICE_OPTIONAL
    )
    def get(self, request: Request, action: UUID) -> HttpResponseBase:
        """Counts of verified devices; null for fewer than 10. At most 3 s old."""
        return self.read(request, action=action)

    def build(self, *, public: bool, **names: Any) -> Ready:
        """Reads it."""
        found = Action.objects.public() if public else Action.objects.shown()
        action = found.filter(uuid=names["action"]).defer("participation_key").first()
        if action is None:
            raise Http404
        counts = {stage: sums["counted"] for stage, sums in Tally.objects.sums(action).items()}
        shown = {stage: count if count >= LEAST_COUNT else None for stage, count in counts.items()}
        return Ready.from_json({**shown, "notes": []}, as_of=utc_text(timezone.now()))
