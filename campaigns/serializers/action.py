"""Actions: what all kinds have; and the feed made of them."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.kinds import Kind
from campaigns.models import Action, ActionState, MediumKind
from campaigns.rules import tells_too_early
from campaigns.serializers.campaign import CampaignOutput
from campaigns.serializers.kinds import HashtagPushOutput, RallyCallOutput, SolidarityAlertOutput
from mobilise.serializing import Moment, Representation, TextMap


class LinkOutput(serializers.Serializer[Any]):
    """A statement, a hardship fund, a support committee."""

    label = TextMap()  # type: ignore[assignment]  # declared fields are taken out of the class: nothing is hidden
    url = serializers.CharField()


class MediumOutput(serializers.Serializer[Any]):
    """Something to relay, with what it shows in words."""

    kind = serializers.ChoiceField(MediumKind.choices)
    url = serializers.CharField()
    alt = TextMap()


class GatheringOutput(serializers.Serializer[Any]):
    """One place and time."""

    id = serializers.UUIDField(source="uuid")
    name = TextMap()
    address = serializers.CharField()
    departement = serializers.CharField(allow_blank=True)
    starts_at = Moment()
    ends_at = Moment(allow_null=True)
    latitude = serializers.FloatField(allow_null=True)
    longitude = serializers.FloatField(allow_null=True)
    practical = TextMap()


class ActionOutput(serializers.Serializer[Any]):
    """One thing to do. Exactly one of the last three is set: the one of its kind."""

    id = serializers.UUIDField(source="uuid")
    campaign = serializers.SlugField(source="campaign.slug")
    kind = serializers.ChoiceField(Kind.choices)
    title = TextMap()
    summary = TextMap()
    starts_at = Moment()
    ends_at = Moment()
    time_zone = serializers.CharField()
    state = serializers.SerializerMethodField()
    successor = serializers.SerializerMethodField()
    links = LinkOutput(many=True)
    media = MediumOutput(many=True)
    gatherings = GatheringOutput(many=True)
    hashtag_push = HashtagPushOutput(source="hashtagpush", allow_null=True)
    rally_call = RallyCallOutput(source="rallycall", allow_null=True)
    solidarity_alert = SolidarityAlertOutput(source="solidarityalert", allow_null=True)

    def to_representation(self, action: Action) -> Representation:
        """Leaves out links and media that tell a hashtag before it is revealed."""
        shown: Representation = super().to_representation(action)
        now: datetime = self.context["now"]
        for name, words in (("links", "label"), ("media", "alt")):
            kept = [one for one in shown[name] if not tells_too_early(action, [one["url"], *one[words].values()], now)]
            shown[name] = kept
        return shown

    @extend_schema_field({"type": "string", "enum": ["open", "cancelled"]})
    def get_state(self, action: Action) -> str:
        """A draft is never shown."""
        return "cancelled" if action.state == ActionState.CANCELLED else "open"

    @extend_schema_field({"type": ["string", "null"], "format": "uuid"})
    def get_successor(self, action: Action) -> str | None:
        """What it leads to, once that can be seen."""
        successor = action.successor
        return str(successor.uuid) if successor and successor.state != ActionState.DRAFT else None


class FeedOutput(serializers.Serializer[Any]):
    """What happens now, what comes, what ended in the last days."""

    as_of = Moment()
    campaigns = CampaignOutput(many=True)
    live = ActionOutput(many=True)
    coming = ActionOutput(many=True)
    over = ActionOutput(many=True)
