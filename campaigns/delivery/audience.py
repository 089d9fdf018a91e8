"""Who is next: cutting an audience into batches, and reading a batch window by window."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time
from typing import NamedTuple

from django.db.models import Exists, QuerySet, Window
from django.db.models.functions import Mod, RowNumber

from accounts.models.subscription import UNVERIFIED_GRACE, Blob
from campaigns.models import Alert, Audience, Batch, Follow, Participation
from campaigns.rules import Preferences, audience_of, in_departements

BATCH_SIZE = 1000
WINDOW_SIZE = 200

_COLUMNS = (
    "device_id",
    "kinds_mask",
    "device__time_zone",
    "device__quiet_start",
    "device__quiet_end",
    "device__language",
    "device__lock_screen",
    "device__keep_cards",
    "device__subscription__blob",
    "device__subscription__endpoint_digest",
    "device__subscription__host",
    "device__subscription__vapid_fingerprint",
    "device__subscription__verified_on",
    "device__subscription__made_on",
)


class Recipient(NamedTuple):
    """One follower as delivery sees it: what it asked for, and its subscription still encrypted (or None)."""

    device_id: int
    kinds_mask: int
    time_zone: str
    quiet_start: time | None
    quiet_end: time | None
    language: str
    lock_screen: str
    keep_cards: bool
    blob: Blob | None
    endpoint_digest: Blob | None
    host: str | None
    vapid_fingerprint: str | None
    verified_on: date | None
    made_on: date | None

    @property
    def preferences(self) -> Preferences:
        """What decides whether and when it is sent to."""
        return Preferences(self.kinds_mask, self.time_zone, self.quiet_start, self.quiet_end)

    def is_reachable(self, today: date) -> bool:
        """Has a subscription that is verified, or younger than a day."""
        if self.blob is None or self.made_on is None:
            return False
        return self.verified_on is not None or self.made_on >= today - UNVERIFIED_GRACE


def cut(alert: Alert, last_device: int) -> list[Batch]:
    """Ranges of at most BATCH_SIZE followers each, up to ``last_device``: one statement, whatever the audience."""
    numbered = audience_of(alert).annotate(place=Mod(Window(RowNumber(), order_by="device_id"), BATCH_SIZE))
    ends = numbered.filter(place=0).order_by("device_id").values_list("device_id", flat=True)
    return _ranges(alert, list(ends), last_device)


def _ranges(alert: Alert, ends: Sequence[int], last_device: int) -> list[Batch]:
    starts = [0, *ends]
    stops = [*ends, last_device]
    pairs = [(start, stop) for start, stop in zip(starts, stops, strict=True) if stop > start]
    return [
        Batch(alert=alert, first_device=start + 1, last_device=stop, cursor=start)  # the cursor: dealt with up to here
        for start, stop in pairs
    ]


def read_window(
    alert: Alert, batch: Batch, now: datetime, without: Collection[str] = ()
) -> tuple[list[Recipient], int] | None:
    """The next followers of a batch and the cursor behind them; None when the alert is not to be sent (any more).

    Those of the hosts ``without`` are passed over. One statement while there are followers: it asks for the alert's
    state too.
    """
    follows = audience_of(alert).filter(device_id__gt=batch.cursor, device_id__lte=batch.last_device)
    if without:
        follows = follows.exclude(device__subscription__host__in=list(without))
    follows = follows.order_by("device_id")
    recipients, cursor = _read(follows.filter(_still_sending(alert.pk, now)), batch)
    if recipients:
        return recipients, cursor
    # Nobody is left, or it was paused or cancelled; and it may be resumed between two questions.
    return _read(follows, batch) if is_sending(alert.pk, now) else None


def is_sending(alert_id: int, now: datetime) -> bool:
    """Whether the alert is still to be sent."""
    return Alert.objects.filter(pk=alert_id, expires_at__gt=now).in_flight().exists()


def _still_sending(alert_id: int, now: datetime) -> Exists:
    return Exists(Alert.objects.filter(pk=alert_id, expires_at__gt=now).in_flight())


def _read(follows: QuerySet[Follow], batch: Batch) -> tuple[list[Recipient], int]:
    rows = list(follows.values_list(*_COLUMNS)[:WINDOW_SIZE])
    recipients = [Recipient(*row) for row in rows]
    return recipients, recipients[-1].device_id if len(recipients) == WINDOW_SIZE else batch.last_device


def read_devices(alert: Alert, device_ids: Iterable[int]) -> list[Recipient]:
    """These followers, if they still are, and still where the alert is for."""
    follows = Follow.objects.agreed().filter(campaign_id=alert.action.campaign_id, device_id__in=list(device_ids))
    return [Recipient(*row) for row in in_departements(follows, alert).values_list(*_COLUMNS)]


def in_audience(alert: Alert, recipients: Sequence[Recipient]) -> set[int]:
    """The devices among these that the alert's audience names; asks the database only when it is narrowed."""
    everyone = {one.device_id for one in recipients}
    if alert.audience == Audience.FOLLOWERS or not recipients:
        return everyone
    joined = Participation.objects.joined_among(alert.action, everyone)
    return joined if alert.audience == Audience.JOINED else everyone - joined
