"""A broadcast that takes place every week: when one begins, the next is made, as a draft, once."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from campaigns.models.action import Action, ActionState
from campaigns.models.broadcast import Broadcast
from campaigns.models.copying import copy

logger = logging.getLogger(__name__)


def carry_on(now: datetime) -> int:
    """Makes the next one of each series whose last has begun. How many. Safe to run at any time, twice, or half.

    Weeks that were missed (nothing ran) are not made up for. Cancelling one skips a week; deleting the draft of the
    next one ends the series.
    """
    made = 0
    for broadcast in _begun(now).select_related("campaign"):
        try:
            made += _carry_on(broadcast, now)
        except Exception as error:
            # One series that cannot go on must not stop the others. Only the type: the text may hold secrets.
            logger.error("broadcast %s cannot be carried on: %s", broadcast.pk, type(error).__name__)
    return made


def following(broadcast: Broadcast) -> Broadcast | None:
    """The next one of its series, if it is there."""
    again = _broadcasts().filter(copied_from=broadcast.pk, repeats_until__isnull=False)
    return again.exclude(state=ActionState.TEMPLATE).first()


def _broadcasts() -> QuerySet[Broadcast]:
    """Typed as what they are: the manager that they inherit is one of actions."""
    return QuerySet(Broadcast)


def _begun(now: datetime) -> QuerySet[Broadcast]:
    """Those of a series that have begun, and whose next one was not made yet."""
    # A day less: the day is that of its own zone.
    last = (now - timedelta(days=1)).date()
    begun = _broadcasts().filter(carried_on=False, repeats_until__gte=last, starts_at__lte=now)
    return begun.exclude(state=ActionState.TEMPLATE)


@transaction.atomic
def _carry_on(broadcast: Broadcast, now: datetime) -> bool:
    start = broadcast.next_start(now)
    # Claimed by this one statement: whoever comes second finds no row.
    if start is None or not _broadcasts().filter(pk=broadcast.pk, carried_on=False).update(carried_on=True):
        return False
    fresh = copy(broadcast, start, None)
    _broadcasts().filter(pk=fresh.pk).update(repeats_until=broadcast.repeats_until)
    # Its end leads there as soon as somebody has published it, unless it leads elsewhere.
    Action.objects.filter(pk=broadcast.pk, successor=None).update(successor=fresh)
    return True
