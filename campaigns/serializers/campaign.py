"""Campaigns and follows."""

from typing import Any

from rest_framework import serializers

from campaigns.kinds import Kind
from campaigns.models import Campaign, Visibility
from mobilise.serializing import LanguageField, Moment, TextMap

# By campaign's key: hashtags, case-folded, that an action of it will reveal later.
Unrevealed = dict[int, set[str]]


class GoalOutput(serializers.Serializer[Any]):
    """A number, its unit, its deadline; `reached` with the moment it was counted at."""

    target = serializers.IntegerField(source="goal_target")
    reached = serializers.IntegerField(source="goal_reached", allow_null=True)
    reached_as_of = Moment(source="goal_reached_as_of", allow_null=True)
    unit = TextMap(source="goal_unit")
    deadline = Moment(source="goal_deadline", allow_null=True)

    def to_representation(self, campaign: Campaign) -> Any:
        """None for a campaign without a goal."""
        return None if campaign.goal_target is None else super().to_representation(campaign)


class CampaignOutput(serializers.Serializer[Any]):
    """A campaign as activists see it. Texts are maps by language; `main_language` fills in for a missing one."""

    slug = serializers.SlugField()
    name = TextMap()
    summary = TextMap()
    hashtag = serializers.SerializerMethodField()
    goal = GoalOutput(source="*", allow_null=True)
    run_by = TextMap()
    contact = serializers.CharField()
    legal_phone = serializers.CharField()
    main_language = LanguageField()
    time_zone = serializers.CharField()
    visibility = serializers.ChoiceField(Visibility.choices)
    # A path; None for a campaign by invitation, which has none to subscribe to.
    calendar = serializers.CharField(source="calendar_path", allow_null=True)

    def get_hashtag(self, campaign: Campaign) -> str:
        """Empty while an action of the campaign keeps this very hashtag for later."""
        unrevealed: Unrevealed = self.context["unrevealed"]
        hidden = campaign.hashtag.casefold() in unrevealed.get(campaign.pk, ())
        return "" if hidden else campaign.hashtag


class CampaignsOutput(serializers.Serializer[Any]):
    """All public campaigns."""

    as_of = Moment()
    campaigns = CampaignOutput(many=True)


class FollowInput(serializers.Serializer[Any]):
    """The kinds that are wanted, the version of the text that was agreed to, and a closed campaign's invitation."""

    kinds = serializers.ListField(child=serializers.ChoiceField(Kind.choices), max_length=20)
    consent_version = serializers.IntegerField()
    invitation = serializers.RegexField(r"^[A-Za-z0-9_-]+$", max_length=64, required=False)


class FollowOutput(serializers.Serializer[Any]):
    """This device follows a campaign."""

    campaign = serializers.SlugField(source="campaign.slug")
    kinds = serializers.ListField(child=serializers.ChoiceField(Kind.choices))
    consent_version = serializers.IntegerField()
    consented_on = serializers.DateField()
