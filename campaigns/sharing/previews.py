"""The pictures of links: drawn by a task when something is published or changed, again when a hashtag is revealed.

What is stored is good only for the words it was drawn of: a picture of before is never shown after, nor the other way
round. Until the task has drawn the next one, whoever asks draws it, and stores nothing.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from campaigns.models import Action, Campaign, Preview
from campaigns.sharing.words import Words, languages_of, words_of_action, words_of_campaign
from mobilise.drawing.card import draw_card

# What is over for so long is not shared any more: its picture goes.
KEPT = timedelta(days=30)

# (campaign's key, action's, language, digest)
Stored = set[tuple[int, int | None, str, str]]


def with_what_is_said(actions: QuerySet[Action]) -> QuerySet[Action]:
    """Joined with all that the words of an action are made of. 1 query more."""
    return actions.select_related("campaign", "hashtagpush", "rallycall", "broadcast").prefetch_related("gatherings")


def picture_of(words: Words, campaign: Campaign, action: Action | None, language: str) -> bytes:
    """PNG."""
    return Preview.objects.picture(campaign, action, language, words.digest) or draw_card(words.card)


def draw_previews(now: datetime) -> int:
    """Draws what is new or changed of all that is public, deletes what is shared no more. How many were drawn."""
    public, shared = Campaign.objects.public(), Action.objects.public().filter(ends_at__gt=now - KEPT)
    Preview.objects.exclude(campaign__in=public).delete()
    Preview.objects.filter(action__isnull=False).exclude(action__in=shared).delete()
    stored: Stored = {*Preview.objects.values_list("campaign", "action", "language", "digest")}
    drawn = 0
    for campaign in public:
        for language in languages_of(campaign):
            drawn += _draw(stored, words_of_campaign(campaign, language), campaign, None, language)
    for action in with_what_is_said(shared):
        for language in languages_of(action.campaign):
            drawn += _draw(stored, words_of_action(action, language, now), action.campaign, action, language)
    return drawn


def _draw(
    stored: set[tuple[int, int | None, str, str]],
    words: Words,
    campaign: Campaign,
    action: Action | None,
    language: str,
) -> bool:
    """False when it is there already."""
    if (campaign.pk, action.pk if action else None, language, words.digest) in stored:
        return False
    Preview.objects.keep(campaign, action, language, words.digest, draw_card(words.card))
    return True
