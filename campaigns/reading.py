"""Campaigns and actions as the API shows them, read in a number of queries that does not grow with them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from campaigns.kinds import Kind
from campaigns.models import (
    Action,
    ActionState,
    Campaign,
    Figure,
    Gathering,
    LiveNote,
    Medium,
    OutcomeSum,
    Result,
    Tally,
)
from campaigns.models.action import SHOWN
from campaigns.models.outreach.outcomes import LISTED, Sums
from campaigns.rules import tells_too_early
from campaigns.serializers.action import ActionOutput
from campaigns.serializers.campaign import CampaignOutput, Unrevealed
from campaigns.serializers.participation import NoteOutput

Described = dict[str, Any]
# The tables of the kinds, joined in one query.
KIND_TABLES = ("hashtagpush", "rallycall", "solidarityalert", "broadcast", "outreach")
DETAILS = (
    "links",
    # Whether there is a picture, in the same query; not its bytes.
    Prefetch("media", Medium.objects.select_related("picture").defer("picture__content")),
    Prefetch("gatherings", Gathering.objects.select_related("picture").defer("picture__content")),
    "solidarityalert__persons__steps",
)


def describe_campaigns(campaigns: QuerySet[Campaign], now: datetime) -> list[Described]:
    """As CampaignOutput. 2 queries."""
    found = list(campaigns)
    context = {"unrevealed": unrevealed_hashtags([campaign.pk for campaign in found], now)}
    return [dict(CampaignOutput(campaign, context=context).data) for campaign in found]


def describe_actions(actions: QuerySet[Action], now: datetime) -> list[tuple[Action, Described]]:
    """As ActionOutput, each beside its row. 9 queries at most."""
    found = list(actions.select_related("campaign", "successor", *KIND_TABLES).prefetch_related(*DETAILS))
    for action in found:
        case = getattr(action, "solidarityalert", None)
        if case is not None:
            # The same row, which the join does not know: without this each case reads its campaign again.
            case.campaign = action.campaign
    context = action_context(found, now)
    return [(action, dict(ActionOutput(action, context=context).data)) for action in found]


def action_context(actions: Collection[Action], now: datetime) -> dict[str, Any]:
    """What ActionOutput has to know beside the rows. 3 queries at most."""
    outreaches = [action.pk for action in actions if action.kind == Kind.OUTREACH]
    return {"now": now, "outcome_sums": _sums_of(outreaches), **_what_became(actions, now)}


def _sums_of(outreaches: list[int]) -> dict[int, Sums]:
    return OutcomeSum.objects.of(outreaches, [LISTED, Result.SENT]) if outreaches else {}


def describe_notes(action: Action, now: datetime) -> list[Described]:
    """The organisers' lines while it runs, as NoteOutput; none that tells the hashtag too early. 1 query at most."""
    if not action.is_live(now):
        return []
    notes = LiveNote.objects.standing(action)
    return [dict(NoteOutput(note).data) for note in notes if not tells_too_early(action, note.text.values(), now)]


def _what_became(actions: Collection[Action], now: datetime) -> dict[str, Any]:
    """Of those that are over: their counts, and the figures that were typed in. 2 queries, or none."""
    over = [action.pk for action in actions if action.is_over(now)]
    if not over:
        return {"counts": {}, "figures": {}}
    figures: dict[int, list[Figure]] = {}
    for figure in Figure.objects.filter(action_id__in=over):
        figures.setdefault(figure.action_id, []).append(figure)
    return {"counts": Tally.objects.counted(over), "figures": figures}


def unrevealed_hashtags(campaigns: Collection[int], now: datetime) -> Unrevealed:
    """Hashtags that published actions of these campaigns will reveal later, and that were withdrawn. 1 query.

    One that was withdrawn is told again once an action made later is published with it.
    """
    pushes = Action.objects.filter(campaign__in=campaigns, state__in=SHOWN, hashtagpush__isnull=False).order_by("pk")
    columns = ("campaign_id", "state", "hashtagpush__hashtag", "hashtagpush__reveal_at", "hashtagpush__withdrawn_at")
    later: Unrevealed = {}
    withdrawn: Unrevealed = {}
    for campaign, state, hashtag, reveal_at, withdrawn_at in pushes.values_list(*columns):
        if withdrawn_at:
            withdrawn.setdefault(campaign, set()).add(hashtag.casefold())
        elif state == ActionState.PUBLISHED:
            withdrawn.get(campaign, set()).discard(hashtag.casefold())
            if reveal_at and now < reveal_at:
                later.setdefault(campaign, set()).add(hashtag.casefold())
    return {campaign: later.get(campaign, set()) | withdrawn.get(campaign, set()) for campaign in {*later, *withdrawn}}
