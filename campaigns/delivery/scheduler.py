"""The scheduler's tick: what is due begins, what is over ends, and workers are rung. The rows are the truth."""

import logging
import math
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.delivery.beginning import begin
from campaigns.delivery.pauses import look_after
from campaigns.delivery.worker import LANE_SIZE
from campaigns.models import Alert, AlertState, Batch, Count, IllegalTransition, PendingDelivery, PendingReason
from campaigns.models.alerts.states import FINAL_STATES
from campaigns.models.batch import free

logger = logging.getLogger(__name__)

RING_AGAIN_SECONDS = 5.0
MOST_JOBS = 50
SETTLED_AT_ONCE = 500
SETTLED_WITHIN = timedelta(days=1)
# Clocks are corrected by less than this all the time.
SET_BACK = timedelta(minutes=1)
# Of the others the moment is one of the day, not so many seconds from when it was noted.
_SOME_SECONDS = (PendingReason.RETRY, PendingReason.SLOW_HOST, PendingReason.PROBE)

Ring = Callable[[int], None]


class Scheduler:
    """Ticks. Holds no state that matters: another one can take over at any moment."""

    def __init__(self, ring_delivery: Ring, ring_retries: Ring, *, most_rings: int = 1) -> None:
        """``ring_...`` tell a worker of an alert by id; at most ``most_rings`` are rung at once for one alert."""
        self._bells = {"delivery": ring_delivery, "retries": ring_retries}
        self._most_rings = most_rings
        self._rung: dict[tuple[str, int], datetime] = {}
        self._ticked_at: datetime | None = None
        self._swept = False

    def tick(self, now: datetime) -> None:
        """One round: expire, begin, ring, look after paused hosts, finish, settle.

        Only what some alert is in a state for: five times a second, most of the time there is none.
        """
        if self._ticked_at is not None and now < self._ticked_at - SET_BACK:
            hurry(now)
        self._ticked_at = now
        states = Alert.objects.unfinished_states()
        if states:
            expire(now)
        began = AlertState.SCHEDULED in states and self._begin_due(now)
        sends = began or AlertState.SENDING in states
        if sends:
            self._ring(now)
        else:
            self._rung.clear()
        # After ringing: an alert that had nothing to be done is rung at once for what is woken now.
        look_after(now)
        if sends:
            finish(now)
        # First all that ever ended: who knows for how long nobody ticked.
        self._swept = not settle(now, ended_after=now - SETTLED_WITHIN if self._swept else None) or self._swept

    def _begin_due(self, now: datetime) -> bool:
        """Whether any began."""
        any_began = False
        for alert_id in list(Alert.objects.due(now).values_list("pk", flat=True)):
            try:
                began = begin(alert_id, now)
            except IllegalTransition:
                # Another scheduler was faster, or somebody took it back.
                continue
            except Exception as error:
                # One alert that cannot begin must not stop the others. Only the type: the text may hold secrets.
                logger.error("alert %s cannot begin: %s", alert_id, type(error).__name__)
                continue
            if began:
                logger.info("alert %s begins", alert_id)
                any_began = True
        return any_began

    def _ring(self, now: datetime) -> None:
        """Rings at once for an alert that has new work, then every 5 s while work lies unclaimed."""
        in_flight = Alert.objects.in_flight()
        with_batches = in_flight.filter(Exists(Batch.objects.claimable(now).filter(alert=OuterRef("pk"))))
        with_pending = in_flight.filter(Exists(PendingDelivery.objects.due(now).filter(alert=OuterRef("pk"))))
        for bell, alerts in (("delivery", with_batches), ("retries", with_pending)):
            waiting = set(alerts.values_list("pk", flat=True))
            for alert_id in waiting:
                self._ring_one(bell, alert_id, now)
            self._forget(bell, waiting)

    def _ring_one(self, bell: str, alert_id: int, now: datetime) -> None:
        last = self._rung.get((bell, alert_id))
        # abs: a clock that was set back must not silence the bell.
        if last is not None and abs((now - last).total_seconds()) < RING_AGAIN_SECONDS:
            return
        self._rung[bell, alert_id] = now
        for _ in range(min(_jobs(bell, alert_id, now), self._most_rings)):
            self._bells[bell](alert_id)

    def _forget(self, bell: str, waiting: set[int]) -> None:
        """What has no work left is rung at once when it has again."""
        for key in [key for key in self._rung if key[0] == bell and key[1] not in waiting]:
            del self._rung[key]


def _jobs(bell: str, alert_id: int, now: datetime) -> int:
    """How many workers an alert can use."""
    if bell == "delivery":
        return Batch.objects.claimable(now).filter(alert_id=alert_id).count()
    due = PendingDelivery.objects.due(now).filter(alert_id=alert_id)[: LANE_SIZE * MOST_JOBS].count()
    return math.ceil(due / LANE_SIZE)


def hurry(now: datetime) -> None:
    """The clock was set back: what was to be tried again some seconds later would wait for as long as it was ahead."""
    waiting = PendingDelivery.objects.filter(reason__in=_SOME_SECONDS, not_before__gt=now)
    logger.warning("the clock was set back: %d deliveries are tried now", waiting.update(not_before=now))


def expire(now: datetime) -> None:
    """What is past its window is not sent any more."""
    expired = Alert.objects.expire(now)
    if expired:
        logger.warning("%d alert(s) expired before all of it was sent", expired)


def finish(now: datetime) -> int:
    """What has nothing left to send becomes sent, in one statement."""
    unfinished = Batch.objects.unfinished().filter(alert=OuterRef("pk"))
    pending = PendingDelivery.objects.filter(alert=OuterRef("pk"))
    done = Alert.objects.filter(~Exists(unfinished), ~Exists(pending), state=AlertState.SENDING)
    return done.update(state=AlertState.SENT, finished_at=now)


def settle(now: datetime, *, ended_after: datetime | None = None) -> bool:
    """What still waited when its alert expired or was cancelled is counted as failed; the rows go. True if any did.

    ``ended_after``: looks at no alert that ended before this, however many there are.
    """
    waiting = Exists(PendingDelivery.objects.filter(alert=OuterRef("pk")))
    over = Alert.objects.filter(waiting, state__in=FINAL_STATES)
    if ended_after is not None:
        over = over.filter(finished_at__gt=ended_after)
    alerts = list(over.values_list("pk", flat=True))
    if not alerts:
        return False
    with transaction.atomic():
        left = PendingDelivery.objects.filter(free(now), alert__in=alerts).select_for_update(skip_locked=True)
        rows = dict(left.values_list("pk", "batch_id")[:SETTLED_AT_ONCE])
        PendingDelivery.objects.filter(pk__in=rows).delete()
        numbers = Counter(rows.values())
        Batch.objects.add_counts({batch_id: {Count.FAILED: number} for batch_id, number in numbers.items()})
    return bool(rows)
