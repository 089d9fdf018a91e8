"""How often what may be asked: one table, and the check against it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from rest_framework.exceptions import Throttled

from mobilise.throttles.models import Ask, Asks, Window

HOUR = timedelta(hours=1)
TEN_MINUTES = timedelta(minutes=10)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in a fixed window: by device, and by address, which the phones of a whole rally may share.

    ``address_a_minute``: slows a crowd behind one address without turning it away.
    """

    window: timedelta
    device: int | None
    address: int | None
    address_a_minute: int | None = None


# Reading is free: it is answered from memory. Receipts are bounded by the messages that were sent.
LIMITS: dict[str, Limit] = {
    "make_device": Limit(HOUR, device=None, address=3_000),
    "settings": Limit(HOUR, device=120, address=20_000),
    "subscribe": Limit(HOUR, device=30, address=6_000),
    # What makes a part count in public. People at a rally come one by one; phones that a script makes up, all at once.
    "verify": Limit(HOUR, device=30, address=2_500, address_a_minute=250),
    # By subscription: the one before may still be on its way.
    "push_verification": Limit(MINUTE, device=1, address=None),
    # By subscription too: to how many devices it may come. Each of them can have its parts counted in public.
    "take_endpoint": Limit(DAY, device=4, address=None),
    "test_alert": Limit(TEN_MINUTES, device=6, address=600),
    "follow": Limit(HOUR, device=60, address=10_000),
    # Into a closed campaign: no code can be guessed, and nobody shall try. A hall that scans one has one address.
    "invitation": Limit(HOUR, device=20, address=3_000),
    # Making codes, and laying something beside them; an iPhone's page makes one by itself every other hour.
    "transfer": Limit(HOUR, device=60, address=10_000),
    # Each wrong one is a guess at 60 bits. A hall that installs the app behind one address gets through.
    "take_over": Limit(HOUR, device=10, address=3_000),
    # Over all actions: a count by device and action would be a list of who took part in what.
    "take_part": Limit(TEN_MINUTES, device=60, address=6_000),
    # A call takes minutes. The list of officials must not be had by taking one after the other.
    "take_official": Limit(HOUR, device=20, address=1_000),
    "report_official": Limit(HOUR, device=60, address=3_000),
}


def throttle(scope: str, *, device: str, address: str) -> int:
    """Counts one more of ``scope`` for the device (or "") and the address (or ""). Raises Throttled over a limit.

    Returns how many there were of the address in this window; 0 when that is not counted.
    """
    now, asks = timezone.now(), _asks(scope, device, address)
    hits: list[int] = import_string(settings.THROTTLE_COUNTS).hit_in_turn(asks, now)
    if over := _first_over(asks, hits):
        raise Throttled(wait=math.ceil(Window.at(now, over.window).seconds_left))
    return hits[-1]


def throttle_together(scope: str, callers: Sequence[tuple[str, str]]) -> list[int | None]:
    """The same for several (device, address) at once. None for a caller that is over a limit."""
    calls = [_asks(scope, device, address) for device, address in callers]
    counted: list[list[int]] = import_string(settings.THROTTLE_COUNTS).hit_together(calls, timezone.now())
    return [None if _first_over(asks, hits) else hits[-1] for asks, hits in zip(calls, counted, strict=True)]


def _asks(scope: str, device: str, address: str) -> Asks:
    limit = LIMITS[scope]
    return (
        _ask(f"{scope}:device", device, limit.device, limit.window),
        _ask(f"{scope}:minute", address, limit.address_a_minute, MINUTE),
        _ask(f"{scope}:address", address, limit.address, limit.window),
    )


def _ask(scope: str, subject: str, most: int | None, window: timedelta) -> Ask | None:
    return Ask(scope, subject, most, window) if subject and most is not None else None


def _first_over(asks: Asks, hits: Sequence[int]) -> Ask | None:
    return next((ask for ask, number in zip(asks, hits, strict=True) if ask and number > ask.most), None)
