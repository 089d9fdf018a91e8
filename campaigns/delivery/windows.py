"""One window: who of its recipients is sent to now, and who waits."""

import logging
from collections import Counter
from collections.abc import Sequence, Set
from datetime import UTC, datetime

from django.db import DatabaseError

from accounts.models import PushKeys
from campaigns.delivery.audience import Recipient, in_audience
from campaigns.delivery.hosts import FEWEST_FOR_MEDIAN, HostWatch, Pace
from campaigns.delivery.messages import MessageMaker
from campaigns.delivery.pauses import PARKED
from campaigns.delivery.sending import Delivery, Outcomes, Postponed
from campaigns.models import Alert, Count, PendingReason
from campaigns.rules import Verdict, decide
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
        # Who has to wait, waits, meant or not, and is asked about then: rows of only those who are meant would name
        # who took part.
        verdict, wait_until = decide(self._alert, one.preferences, in_audience=True, reachable=reachable, now=now)
        later = self._why_later(one, verdict, wait_until, tried, gate)
        if later and later.is_in_time(self._alert.expires_at):
            into.postponed.append(later)
        elif not audience:
            into.counts[Count.SKIPPED] += 1
        elif later:
            into.counts[Count.FAILED] += 1
        elif verdict is Verdict.SEND:
            hurried = gate is not None and gate.is_trial(one.host or "")
            return self._deliver(one, now, tried, probe=gate is None, hurried=hurried)
        else:
            into.counts[_COUNTS[verdict]] += 1
        return None

    def _why_later(
        self, one: Recipient, verdict: Verdict, wait_until: datetime | None, tried: int, gate: "_Gate | None"
    ) -> Postponed | None:
        """Quiet hours, or a host that is not sent to for now; None when nothing keeps it back."""
        host = one.host or ""
        if verdict is Verdict.WAIT and wait_until:
            return Postponed(one.device_id, wait_until, PendingReason.QUIET_HOURS, tried, host)
        if verdict is Verdict.SEND and gate and (closed := gate.closed(host)):
            return Postponed(one.device_id, *closed, tried, host)
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
