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
from campaigns.reading import describe_actions, describe_notes
from campaigns.rules import told
from campaigns.serializers.action import ActionOutput
from campaigns.serializers.participation import PulseOutput
from campaigns.views.ready import ReadyView
from mobilise.ready import Ready
from mobilise.schema import DEVICE_OPTIONAL, errors
from mobilise.serializing import utc_text


class ActionReadyView(ReadyView):
    """Something of one action."""

    def may_see(self, device: Device | None, links: list[str], **names: Any) -> bool:
        """Followers of its campaign may, and whoever has its link."""
        return Action.objects.visible_to(device, links).filter(uuid=names["action"]).exists()


class ActionView(ActionReadyView):
    """One action."""

    @extend_schema(
        operation_id="action", tags=["actions"], responses={200: ActionOutput, **errors(404)}, auth=DEVICE_OPTIONAL
    )
    def get(self, request: Request, action: UUID) -> HttpResponseBase:
        """A public action, or one of a campaign that this device follows or has the link of. Cancelled ones say so."""
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

    # Given out for twice as long at most, while they are read anew.
    seconds = 1.5

    @extend_schema(
        operation_id="pulse", tags=["actions"], responses={200: PulseOutput, **errors(404)}, auth=DEVICE_OPTIONAL
    )
    def get(self, request: Request, action: UUID) -> HttpResponseBase:
        """Counts of verified devices, null for fewer than 10, and the organisers' live notes. At most 3 s old."""
        return self.read(request, action=action)

    def build(self, *, public: bool, **names: Any) -> Ready:
        """Reads it."""
        now = timezone.now()
        found = Action.objects.public() if public else Action.objects.shown()
        # With the table that says when its hashtag may be told.
        action = found.select_related("hashtagpush").defer("participation_key").filter(uuid=names["action"]).first()
        if action is None:
            raise Http404
        counts = {stage: told(count) for stage, count in Tally.objects.counted([action.pk])[action.pk].items()}
        return Ready.from_json({**counts, "notes": describe_notes(action, now)}, as_of=utc_text(now))
