"""How often what may be asked: one table, and the check against it."""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from rest_framework.exceptions import Throttled

HOUR = timedelta(hours=1)
TEN_MINUTES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many in a fixed window: by device, and by address, which the phones of a whole rally may share."""

    window: timedelta
    device: int | None
    address: int | None


# Reading is free: it is answered from memory. Receipts are bounded by the messages that were sent.
LIMITS: dict[str, Limit] = {
    "make_device": Limit(HOUR, device=None, address=3_000),
    "settings": Limit(HOUR, device=120, address=20_000),
    "subscribe": Limit(HOUR, device=30, address=6_000),
    "verify": Limit(HOUR, device=30, address=6_000),
    "test_alert": Limit(TEN_MINUTES, device=6, address=600),
    "follow": Limit(HOUR, device=60, address=10_000),
    # Over all actions: a count by device and action would be a list of who took part in what.
    "take_part": Limit(TEN_MINUTES, device=60, address=6_000),
}


def throttle(scope: str, *, device: str, address: str) -> None:
    """Counts one more of ``scope`` for the device (or "") and the address (or ""). Raises Throttled over a limit."""
    limit = LIMITS[scope]
    _hit(f"{scope}:device", device, limit.device, limit.window)
    _hit(f"{scope}:address", address, limit.address, limit.window)


def _hit(scope: str, subject: str, most: int | None, window: timedelta) -> None:
    if not subject or most is None:
        return
    hits, seconds_left = import_string(settings.THROTTLE_COUNTS).hit(scope, subject, timezone.now(), window)
    if hits > most:
        raise Throttled(wait=math.ceil(seconds_left))
