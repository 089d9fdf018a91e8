"""One window: who of its recipients is sent to now, who waits, and one transaction that notes it all."""

import logging
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime

from django.db import DatabaseError, transaction
from django.db.models import F, QuerySet

from accounts.models import Device, PushKeys, Subscription
from campaigns.delivery.audience import Recipient, in_audience
from campaigns.delivery.hosts import FEWEST_FOR_MEDIAN, HostWatch, Pace
from campaigns.delivery.messages import MessageMaker
from campaigns.delivery.parking import Closed, park
from campaigns.delivery.pauses import PARKED
from campaigns.delivery.sending import Delivery, Outcomes, Postponed
from campaigns.models import Alert, Batch, Count, DeliveryTally, PendingDelivery, PendingReason
from campaigns.rules import Verdict, decide
from mobilise.inserting import insert_missing
from mobilise.webpush.pusher import Target

logger = logging.getLogger(__name__)

# To a host that was slow, by window: enough to know.
TRIES = FEWEST_FOR_MEDIAN


class Sorter:
    """Decides for each recipient of a window of one alert, and makes the messages of those who are sent to."""

    def __init__(self, alert: Alert, maker: MessageMaker, watch: HostWatch, paused: Set[str]) -> None:
        self._alert = alert
        self._maker = maker
        self._watch = watch
        self._paused = paused

    def sort(
        self,
        recipients: Sequence[Recipient],
        now: datetime,
        into: Outcomes,
        *,
        attempts: dict[int, int] | None = None,
        probes: Set[int] = frozenset(),
    ) -> list[Delivery]:
        """The deliveries to make now; everyone else is filed in ``into``.

        With ``attempts`` (by device) it is the lane of the postponed: slow hosts are sent to there, and paused ones
        with the devices in ``probes``.
        """
        audience = in_audience(self._alert, recipients)
        gate = _Gate(self._watch, self._paused, now, lane=attempts is not None)
        deliveries = []
        for one in recipients:
            tried = (attempts or {}).get(one.device_id, 0)
            probe = one.device_id in probes and one.host in self._paused
            try:
                delivery = self._sort_one(one, one.device_id in audience, now, tried, into, None if probe else gate)
            except DatabaseError:
                # No row's fault: the window is read and sent again.
                raise
            except Exception as error:
                # Whatever is wrong with one row, its neighbours are sent. Only the type: the text may hold secrets.
                logger.error("a follower's row cannot be used: %s", type(error).__name__)
                into.counts[Count.POISONED] += 1
                continue
            if delivery:
                deliveries.append(delivery)
        return deliveries

    def _sort_one(
        self, one: Recipient, audience: bool, now: datetime, tried: int, into: Outcomes, gate: "_Gate | None"
    ) -> Delivery | None:
        reachable = one.is_reachable(now.date())
        verdict, wait_until = decide(self._alert, one.preferences, in_audience=audience, reachable=reachable, now=now)
        if verdict is Verdict.SEND:
            if gate and (closed := gate.closed(one.host or "")):
                into.postpone(Postponed(one.device_id, *closed, tried, one.host or ""), self._alert.expires_at)
                return None
            hurried = gate is not None and gate.is_trial(one.host or "")
            return self._deliver(one, now, tried, probe=gate is None, hurried=hurried)
        if verdict is Verdict.WAIT and wait_until:
            quiet = Postponed(one.device_id, wait_until, PendingReason.QUIET_HOURS, tried, one.host or "")
            into.postpone(quiet, self._alert.expires_at)
        else:
            into.counts[_COUNTS[verdict]] += 1
        return None

    def _deliver(self, one: Recipient, now: datetime, tried: int, *, probe: bool, hurried: bool) -> Delivery:
        keys = PushKeys.open(one.blob or b"")
        target = Target(keys.endpoint, keys.p256dh, keys.auth, one.vapid_fingerprint or "")
        return Delivery(one, target, self._maker.make(one, now), tried, probe, hurried)


class _Gate:
    """Which hosts are not sent to in this window; found out once for each, but for those that get a few tries."""

    def __init__(self, watch: HostWatch, paused: Set[str], now: datetime, *, lane: bool) -> None:
        self._watch, self._paused, self._now, self._lane = watch, paused, now, lane
        self._known: dict[str, tuple[datetime, PendingReason] | None] = {}
        self._paces: dict[str, Pace] = {}
        self._tries: Counter[str] = Counter()

    def closed(self, host: str) -> tuple[datetime, PendingReason] | None:
        """Until when, and why, or None when it is sent to."""
        if host not in self._known:
            self._known[host] = self._look(host)
        closed = self._known[host]
        # Only for being slow: a host that is paused or asked for peace is not tried here.
        if closed and closed[1] is PendingReason.SLOW_HOST and self.is_trial(host) and self._tries[host] < TRIES:
            self._tries[host] += 1
            return None
        return closed

    def is_trial(self, host: str) -> bool:
        """Whether the host was slow and may be quick again: a few show it, without anybody waiting for them."""
        return not self._lane and self._pace(host) is Pace.UNSURE

    def _pace(self, host: str) -> Pace:
        if host not in self._paces:
            self._paces[host] = self._watch.pace(host, self._now.timestamp())
        return self._paces[host]

    def _look(self, host: str) -> tuple[datetime, PendingReason] | None:
        """Paused, asked for peace, or so slow that it would hold up the others (it has a lane of its own)."""
        if host in self._paused:
            return self._now + PARKED, PendingReason.HOST_PAUSED
        if held_until := self._watch.held_until(host, self._now.timestamp()):
            return datetime.fromtimestamp(held_until, UTC), PendingReason.RETRY
        if not self._lane and self._pace(host) is not Pace.QUICK:
            return self._now, PendingReason.SLOW_HOST
        return None


_COUNTS = {Verdict.QUIET: Count.QUIET, Verdict.SKIPPED: Count.SKIPPED, Verdict.UNREACHABLE: Count.UNREACHABLE}


def note_window(batch: Batch, cursor: int, outcomes: Outcomes, closed: Closed, now: datetime) -> bool:
    """Notes a batch's window in one transaction. False, and nothing noted, when the fence is somebody else's.

    ``closed``: the hosts that the window was read without.
    """
    with transaction.atomic():
        # Pending rows, then the batch's, then its tallies, here as in a lane: two workers that lock the same rows in
        # different order would wait for each other.
        _postpone(batch.alert_id, {one.device_id: batch.pk for one in outcomes.postponed}, outcomes.postponed)
        if closed:
            park(batch.alert, batch, cursor, closed)
        if not batch.checkpoint(cursor, {name: count for name, count in outcomes.counts.items() if count}, now):
            transaction.set_rollback(True)
            return False
        _tally({batch.pk: outcomes}, now)
        _prune(outcomes)
    return True


def note_lane(claimed: Sequence[PendingDelivery], by_batch: dict[int, Outcomes], now: datetime) -> bool:
    """Notes what became of claimed postponed deliveries. False, and nothing noted, when somebody else has any."""
    ids, fence = [one.pk for one in claimed], claimed[0].fence
    again = {one.device_id: one for outcomes in by_batch.values() for one in outcomes.postponed}
    with transaction.atomic():
        if not _are_ours(claimed):
            return False
        for row in claimed:
            if later := again.get(row.device_id):
                row.not_before, row.reason, row.host = later.not_before, later.reason, later.host
                row.attempts, row.lease_until = later.attempts, None
        waiting = [one for one in claimed if one.device_id in again]
        PendingDelivery.objects.bulk_update(waiting, ["not_before", "reason", "host", "attempts", "lease_until"])
        PendingDelivery.objects.filter(pk__in=ids, fence=fence).exclude(pk__in=[one.pk for one in waiting]).delete()
        Batch.objects.add_counts({batch_id: outcomes.counts for batch_id, outcomes in by_batch.items()})
        _tally(by_batch, now)
        _prune(*by_batch.values())
    return True


def _are_ours(claimed: Sequence[PendingDelivery]) -> bool:
    """Whether nobody else has claimed any of them, or claimed and finished it: such a row is gone, its device is not.

    With an erased device its rows go too, and what was sent to it still counts.
    """
    rows = PendingDelivery.objects.select_for_update().filter(pk__in=[one.pk for one in claimed])
    fences = dict(rows.order_by("pk").values_list("pk", "fence"))
    if any(fence != claimed[0].fence for fence in fences.values()):
        return False
    gone = [one.device_id for one in claimed if one.pk not in fences]
    return not gone or not Device.objects.filter(pk__in=gone).exists()


def _tally(by_batch: Mapping[int, Outcomes], now: datetime) -> None:
    """Counts what the push services said, in one statement."""
    answers = {
        (batch_id, host, word): number
        for batch_id, outcomes in by_batch.items()
        for (host, word), number in outcomes.answers.items()
    }
    DeliveryTally.objects.add(answers, now)


def _prune(*windows: Outcomes) -> None:
    """Deletes what is gone and notes refusals, of exactly the subscriptions that were sent to.

    One that was repaired meanwhile has another digest.
    """
    gone = [one for outcomes in windows for one in outcomes.gone]
    refused = [one for outcomes in windows for one in outcomes.refused]
    if gone:
        _sent_to(gone).delete()
    if refused:
        _sent_to(refused).update(failures=F("failures") + 1)


def _sent_to(recipients: Sequence[Recipient]) -> QuerySet[Subscription]:
    digests = [bytes(one.endpoint_digest or b"") for one in recipients]
    return Subscription.objects.filter(pk__in=[one.device_id for one in recipients], endpoint_digest__in=digests)


def _postpone(alert_id: int, batches: dict[int, int], postponed: Sequence[Postponed]) -> None:
    """One insert; a device that is there already (a repeated window) stays as it is."""
    rows = [
        (alert_id, one.device_id, batches[one.device_id], one.reason.value, one.not_before, one.host, one.attempts, 0)
        for one in postponed
    ]
    insert_missing(PendingDelivery, _PENDING, rows)


_PENDING = ("alert_id", "device_id", "batch_id", "reason", "not_before", "host", "attempts", "fence")
