"""Actions: what all kinds have; and the feed made of them."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.kinds import Kind
from campaigns.models import Action, ActionState, Figure, MediumKind
from campaigns.rules import shows_too_early, tells_too_early, told, without_withdrawn
from campaigns.serializers.campaign import CampaignOutput
from campaigns.serializers.kinds import BroadcastOutput, HashtagPushOutput, RallyCallOutput, SolidarityAlertOutput
from campaigns.serializers.outreach import OutreachOutput
from campaigns.serializers.picture import PictureOutput
from campaigns.serializers.recap import FigureOutput, RecapOutput
from mobilise.serializing import Moment, Representation, TextMap


class LinkOutput(serializers.Serializer[Any]):
    """A statement, a hardship fund, a support committee."""

    label = TextMap()  # type: ignore[assignment]  # declared fields are taken out of the class: nothing is hidden
    url = serializers.CharField()


class MediumOutput(serializers.Serializer[Any]):
    """Something to relay, with what it shows in words: a link (`url`), or a `picture` (then `url` is empty)."""

    kind = serializers.ChoiceField(MediumKind.choices)
    url = serializers.CharField(allow_blank=True)
    alt = TextMap()
    picture = PictureOutput(allow_null=True)


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
    picture = PictureOutput(allow_null=True)
    picture_alt = TextMap()


class ActionOutput(serializers.Serializer[Any]):
    """One thing to do. Of what only one kind has, exactly the one of its kind is set.

    `recap` is null, and `figures` is empty, until it is over.
    """

    id = serializers.UUIDField(source="uuid")
    campaign = serializers.SlugField(source="campaign.slug")
    kind = serializers.ChoiceField(Kind.choices)
    title = TextMap()
    summary = TextMap()
    starts_at = Moment()
    ends_at = Moment()
    time_zone = serializers.CharField()
    # How many should take part, where the organisers said so.
    goal = serializers.IntegerField(allow_null=True)
    state = serializers.SerializerMethodField()
    successor = serializers.SerializerMethodField()
    links = LinkOutput(many=True)
    media = MediumOutput(many=True)
    gatherings = GatheringOutput(many=True)
    recap = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()
    hashtag_push = HashtagPushOutput(source="hashtagpush", allow_null=True)
    rally_call = RallyCallOutput(source="rallycall", allow_null=True)
    solidarity_alert = SolidarityAlertOutput(source="solidarityalert", allow_null=True)
    broadcast = BroadcastOutput(allow_null=True)
    outreach = OutreachOutput(allow_null=True)

    def to_representation(self, action: Action) -> Representation:
        """Leaves out links and media that tell a hashtag before it is revealed."""
        shown: Representation = super().to_representation(action)
        now: datetime = self.context["now"]
        for name, words in (("links", "label"), ("media", "alt")):
            kept = [one for one in shown[name] if not tells_too_early(action, [one["url"], *one[words].values()], now)]
            shown[name] = kept
        # What is kept back for its hour is not in these; what was withdrawn may be.
        for name in ("title", "summary"):
            shown[name] = without_withdrawn(action, shown[name])
        if shows_too_early(action, now):
            shown["media"] = [one for one in shown["media"] if one["kind"] != MediumKind.PICTURE]
        # One that lost its picture has nothing to show.
        shown["media"] = [one for one in shown["media"] if one["url"] or one["picture"]]
        return shown

    @extend_schema_field(RecapOutput(allow_null=True))
    def get_recap(self, action: Action) -> Representation | None:
        """The sums that ``reading`` found of what is over."""
        counts: dict[str, int] | None = self.context["counts"].get(action.pk)
        return None if counts is None else {stage: told(count) for stage, count in counts.items()}

    @extend_schema_field(FigureOutput(many=True))
    def get_figures(self, action: Action) -> list[Representation]:
        """Those that ``reading`` found of what is over; none that tells a hashtag before it is revealed."""
        figures: list[Figure] = self.context["figures"].get(action.pk, [])
        now: datetime = self.context["now"]
        kept = [one for one in figures if not tells_too_early(action, [*one.label.values(), *one.source.values()], now)]
        return [dict(FigureOutput(one).data) for one in kept]

    @extend_schema_field({"type": "string", "enum": ["open", "cancelled"]})
    def get_state(self, action: Action) -> str:
        """A draft is never shown."""
        return "cancelled" if action.state == ActionState.CANCELLED else "open"

    @extend_schema_field({"type": ["string", "null"], "format": "uuid"})
    def get_successor(self, action: Action) -> str | None:
        """What it leads to, once that is published and while it is not cancelled."""
        successor = action.successor
        return str(successor.uuid) if successor and successor.state == ActionState.PUBLISHED else None


class FeedOutput(serializers.Serializer[Any]):
    """What happens now, what comes, what ended in the last days."""

    as_of = Moment()
    campaigns = CampaignOutput(many=True)
    live = ActionOutput(many=True)
    coming = ActionOutput(many=True)
    over = ActionOutput(many=True)
