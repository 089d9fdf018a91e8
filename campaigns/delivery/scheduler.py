"""The scheduler's tick: what is due begins, what is over ends, and workers are rung. The rows are the truth."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db.models import Exists, OuterRef

from campaigns.delivery.audience import start_sending
from campaigns.models import Alert, AlertState, Batch, IllegalTransition, PendingDelivery

logger = logging.getLogger(__name__)

RING_AGAIN_SECONDS = 5.0

Ring = Callable[[int], None]


class Scheduler:
    """Ticks. Holds no state that matters: another one can take over at any moment."""

    def __init__(self, ring_delivery: Ring, ring_retries: Ring, *, most_rings: int = 1) -> None:
        """``ring_...`` tell a worker of an alert by id; at most ``most_rings`` are rung at once for one alert."""
        self._bells = {"delivery": ring_delivery, "retries": ring_retries}
        self._most_rings = most_rings
        self._rung: dict[tuple[str, int], datetime] = {}

    def tick(self, now: datetime) -> None:
        """One round: expire, begin, ring, finish."""
        expired = Alert.objects.expire(now)
        if expired:
            logger.warning("%d alert(s) expired before all of it was sent", expired)
        self._begin_due(now)
        self._ring(now)
        finish(now)

    def _begin_due(self, now: datetime) -> None:
        for alert in Alert.objects.due(now).select_related("action__campaign", "corrects"):
            try:
                start_sending(alert, now)
            except IllegalTransition:
                # Another scheduler was faster, somebody took it back, or it is no longer what was scheduled.
                self._return_if_changed(alert)
            else:
                logger.info(
                    "alert %s begins, %.1f s after its minute", alert.uuid, (now - alert.send_at).total_seconds()
                )

    def _return_if_changed(self, alert: Alert) -> None:
        fresh = Alert.objects.get(pk=alert.pk)
        if fresh.state == AlertState.SCHEDULED and fresh.digest != fresh.scheduled_digest:
            fresh.return_to_draft()
            logger.error("alert %s is not what was scheduled: back to draft", alert.uuid)

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
        free = Batch.objects.claimable(now).filter(alert_id=alert_id).count() if bell == "delivery" else 1
        for _ in range(min(free, self._most_rings)):
            self._bells[bell](alert_id)

    def _forget(self, bell: str, waiting: set[int]) -> None:
        """What has no work left is rung at once when it has again."""
        for key in [key for key in self._rung if key[0] == bell and key[1] not in waiting]:
            del self._rung[key]


def finish(now: datetime) -> int:
    """What has nothing left to send becomes sent, in one statement."""
    unfinished = Batch.objects.unfinished().filter(alert=OuterRef("pk"))
    pending = PendingDelivery.objects.filter(alert=OuterRef("pk"))
    done = Alert.objects.in_flight().filter(~Exists(unfinished), ~Exists(pending))
    return done.update(state=AlertState.SENT, finished_at=now)
