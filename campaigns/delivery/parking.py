"""Hosts that are not sent to for now: whom they concern never leaves the database, one insert makes them wait."""

from collections.abc import Mapping, Set
from datetime import UTC, datetime
from typing import Any

from django.db.models import Case, CharField, DateTimeField, F, Value, When
from django.db.models.expressions import Combinable

from campaigns.delivery.hosts import HostWatch
from campaigns.delivery.pauses import PARKED
from campaigns.models import Alert, Batch, PendingDelivery, PendingReason
from campaigns.rules import audience_of
from mobilise.inserting import insert_missing_from

# Until when a host is closed, and why.
Closed = Mapping[str, tuple[datetime, PendingReason]]

_HOST = "device__subscription__host"
_COLUMNS = ("alert_id", "device_id", "batch_id", "reason", "not_before", "host", "attempts", "fence")


def closed_hosts(watch: HostWatch, paused: Set[str], now: datetime, expires_at: datetime) -> Closed:
    """Slow, asked for peace, or paused; of several reasons a host has the last in this order.

    Not those that ask for peace until the alert is over: their followers are counted, one by one.
    """
    seconds = now.timestamp()
    held = {host: datetime.fromtimestamp(until, UTC) for host, until in watch.held(seconds).items()}
    return {
        **dict.fromkeys(watch.slow(seconds), (now, PendingReason.SLOW_HOST)),
        **{host: (until, PendingReason.RETRY) for host, until in held.items() if until < expires_at},
        **dict.fromkeys(paused, (now + PARKED, PendingReason.HOST_PAUSED)),
    }


def park(alert: Alert, batch: Batch, cursor: int, closed: Closed) -> None:
    """Makes the followers between the batch's cursor and ``cursor`` wait whose host is closed: one statement.

    Everything else about them is decided when they are sent to; so that such a row never says who took part.
    """
    followers = audience_of(alert).filter(device_id__gt=batch.cursor, device_id__lte=cursor)
    rows = followers.filter(**{f"{_HOST}__in": list(closed)}).values_list(
        Value(alert.pk),
        "device_id",
        Value(batch.counted_at),
        _by_host({host: Value(reason.value, CharField()) for host, (_, reason) in closed.items()}),
        _by_host({host: Value(moment, DateTimeField()) for host, (moment, _) in closed.items()}),
        F(_HOST),
        Value(0),
        Value(0),
    )
    insert_missing_from(PendingDelivery, _COLUMNS, rows)


def _by_host(values: Mapping[str, Any]) -> Combinable:
    return Case(*(When(**{_HOST: host}, then=value) for host, value in values.items()))
