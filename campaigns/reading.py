"""Campaigns and actions as the API shows them, read in a number of queries that does not grow with them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from campaigns.models import Action, ActionState, Campaign
from campaigns.serializers.action import ActionOutput
from campaigns.serializers.campaign import CampaignOutput, Unrevealed

Described = dict[str, Any]
# The tables of the kinds, joined in one query.
KIND_TABLES = ("hashtagpush", "rallycall", "solidarityalert")
DETAILS = ("links", "media", "gatherings", "solidarityalert__persons__steps")


def describe_campaigns(campaigns: QuerySet[Campaign], now: datetime) -> list[Described]:
    """As CampaignOutput. 2 queries."""
    found = list(campaigns)
    context = {"unrevealed": unrevealed_hashtags([campaign.pk for campaign in found], now)}
    return [dict(CampaignOutput(campaign, context=context).data) for campaign in found]


def describe_actions(actions: QuerySet[Action], now: datetime) -> list[tuple[Action, Described]]:
    """As ActionOutput, each beside its row. 6 queries at most."""
    found = list(actions.select_related("campaign", "successor", *KIND_TABLES).prefetch_related(*DETAILS))
    for action in found:
        case = getattr(action, "solidarityalert", None)
        if case is not None:
            # The same row, which the join does not know: without this each case reads its campaign again.
            case.campaign = action.campaign
    return [(action, dict(ActionOutput(action, context={"now": now}).data)) for action in found]


def unrevealed_hashtags(campaigns: Collection[int], now: datetime) -> Unrevealed:
    """The hashtags that published actions of these campaigns will reveal later. 1 query."""
    pushes = Action.objects.filter(
        campaign__in=campaigns, state=ActionState.PUBLISHED, hashtagpush__reveal_at__gt=now
    ).order_by()
    hidden: Unrevealed = {}
    for campaign, hashtag in pushes.values_list("campaign_id", "hashtagpush__hashtag"):
        hidden.setdefault(campaign, set()).add(hashtag.casefold())
    return hidden
