"""Who takes official after official and reports nothing has to wait: each was hidden from everybody else meanwhile."""

from collections.abc import Collection
from datetime import datetime, timedelta

FREE = 3
FIRST_REST = timedelta(minutes=15)
LONGEST_REST = timedelta(hours=12)


def rest_until(unreported: Collection[datetime]) -> datetime | None:
    """When the device may take one again; None: at once. ``unreported``: ends of its claims of the last day.

    Three are free; from then on 15 minutes after the last, doubled each time.
    """
    if len(unreported) < FREE:
        return None
    doubled = 1 << min(len(unreported) - FREE, 10)
    return max(unreported) + min(FIRST_REST * doubled, LONGEST_REST)
