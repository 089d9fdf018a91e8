"""What a worker does when it hears an alert's doorbell: claims, sends and notes, until nothing free is left."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from enum import Enum, auto

from django.utils import timezone

from accounts.pusher import pusher
from campaigns.delivery.audience import is_sending, read_devices, read_window
from campaigns.delivery.hosts import HostWatch
from campaigns.delivery.messages import MessageMaker
from campaigns.delivery.noting import note_lane, note_window
from campaigns.delivery.parking import closed_hosts
from campaigns.delivery.pauses import pause_refusing, paused_hosts, resume_answering
from campaigns.delivery.sending import Assessor, Delivery, Outcomes, send_all
from campaigns.delivery.windows import Sorter
from campaigns.models import Alert, Batch, Count, PendingDelivery, PendingReason
from campaigns.models.pending import FRESH_ATTEMPTS
from mobilise.stopping import is_stopping
from mobilise.webpush.answers import Answer, classify
from mobilise.webpush.loop import run
from mobilise.webpush.transport import CONNECTIONS_PER_HOST

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 2.0
PATIENT_SECONDS = 8.0  # for slow hosts, and for those that were cancelled again and again; less than a lease
LANE_SIZE = 200
# Of one host in a patient lane: each gets a connection at once, and so all of the lane's time.
MOST_OF_A_HOST = CONNECTIONS_PER_HOST
MOST_LANES = 10  # then other alerts have their turn


class Ended(Enum):
    """How a window ended."""

    NOTED = auto()
    STOPPED = auto()  # nothing was sent: the alert is paused, cancelled or over, or the process is to end
    LOST = auto()  # the fence refused it: another worker holds the batch


# What this process has seen of the push services; it outlives the single task.
_watch = HostWatch()


def send_batches(alert_id: int) -> bool:
    """Sends free batches of an alert until none is left, or the alert is no longer to be sent.

    True when it stopped with batches left, so that other alerts have their turn: the caller rings again.
    """
    while batch := Batch.objects.claim(alert_id, timezone.now()):
        if not _send_batch(batch):
            return False
        if _others_wait(alert_id):
            return Batch.objects.filter(alert_id=alert_id).claimable(timezone.now()).exists()
    return False


def _others_wait(alert_id: int) -> bool:
    """Whether another alert has work that nobody does."""
    free = Batch.objects.claimable(timezone.now()).exclude(alert_id=alert_id)
    return free.filter(alert__in=Alert.objects.in_flight()).exists()


def _send_batch(batch: Batch) -> bool:
    """Sends one batch, window by window. False when the alert is paused, cancelled or over."""
    batch.alert = _load(batch.alert_id)
    desk = _Desk(batch.alert)
    while batch.cursor < batch.last_device:
        ended = desk.send_window(batch)
        if ended is Ended.STOPPED:
            batch.release()
            return False
        if ended is Ended.LOST:
            logger.warning("batch %s of alert %s has another holder by now", batch.pk, batch.alert.uuid)
            return True
    return True


def send_pending(alert_id: int) -> bool:
    """Sends due postponed deliveries of an alert, in a lane of their own. True when there may be more: ring again."""
    for _ in range(MOST_LANES):
        if is_stopping():
            return False
        claimed = PendingDelivery.objects.claim(alert_id, timezone.now(), LANE_SIZE, MOST_OF_A_HOST)
        if not claimed:
            return False
        # Only now: a correction cancels the alert, then begins unless it finds something held.
        if not is_sending(alert_id, timezone.now()):
            PendingDelivery.objects.release(claimed)
            return False
        if not _Desk(_load(alert_id)).send_lane(claimed):
            logger.warning("postponed deliveries of alert %s have another holder by now", alert_id)
    return True


def _load(alert_id: int) -> Alert:
    # With the kinds that its card or its audience asks for.
    kinds = ("action__rallycall", "action__solidarityalert")
    return Alert.objects.select_related("action__campaign", "corrects", *kinds).get(pk=alert_id)


class _Desk:
    """One alert's work in this process: sorts recipients, sends, assesses, notes."""

    def __init__(self, alert: Alert) -> None:
        now = timezone.now()
        self._alert = alert
        self._paused = paused_hosts()
        self._sorter = Sorter(alert, MessageMaker(alert, now), _watch, self._paused)
        self._assessor = Assessor(_watch, alert.expires_at)

    def send_window(self, batch: Batch) -> Ended:
        """The batch's next window."""
        self._forget_pauses()
        now = timezone.now()
        closed = closed_hosts(_watch, self._paused, now, self._alert.expires_at)
        read = None if is_stopping() else read_window(self._alert, batch, now, closed)
        if read is None:
            return Ended.STOPPED
        recipients, cursor = read
        outcomes = Outcomes()
        deliveries = self._sorter.sort(recipients, timezone.now(), outcomes)
        answers = run(send_all(pusher(), deliveries, WINDOW_SECONDS))
        self._assess(deliveries, answers, outcomes)
        return Ended.NOTED if note_window(batch, cursor, outcomes, closed, timezone.now()) else Ended.LOST

    def send_lane(self, claimed: Sequence[PendingDelivery]) -> bool:
        """Claimed postponed deliveries. False when another worker holds some by now."""
        mine = {one.whose: one for one in claimed if one.whose is not None}
        attempts = {device: one.attempts for device, one in mine.items()}
        batch_of = {device: one.batch_id for device, one in mine.items()}
        recipients = {one.device_id: one for one in read_devices(self._alert, attempts)}
        probes = {device for device, one in mine.items() if one.reason == PendingReason.PROBE}
        by_batch: dict[int, Outcomes] = defaultdict(Outcomes)
        groups: dict[int, list[Delivery]] = {}
        now = timezone.now()
        for one in claimed:
            # Sealed with a key that is not there any more.
            by_batch[one.batch_id].counts[Count.POISONED] += int(one.whose is None)
        for batch_id in dict.fromkeys(batch_of.values()):
            present = [recipients[device] for device, of in batch_of.items() if of == batch_id and device in recipients]
            missing = sum(of == batch_id and device not in recipients for device, of in batch_of.items())
            by_batch[batch_id].counts[Count.SKIPPED] += missing
            groups[batch_id] = self._sorter.sort(present, now, by_batch[batch_id], attempts=attempts, probes=probes)
        everything = [delivery for group in groups.values() for delivery in group]
        hang = all(one.attempts > FRESH_ATTEMPTS or one.reason == PendingReason.SLOW_HOST for one in claimed)
        answers = iter(run(send_all(pusher(), everything, PATIENT_SECONDS if hang else WINDOW_SECONDS)))
        for batch_id, group in groups.items():
            self._assess(group, [next(answers) for _ in group], by_batch[batch_id])
        return note_lane(self._alert, claimed, by_batch, timezone.now())

    def _assess(self, deliveries: Sequence[Delivery], answers: Sequence[Answer], outcomes: Outcomes) -> None:
        now = timezone.now()
        self._assessor.assess(deliveries, answers, now, outcomes)
        self._paused |= pause_refusing(_watch, {one.recipient.host or "" for one in deliveries}, now)
        probed = [(one, answer) for one, answer in zip(deliveries, answers, strict=True) if one.probe]
        hosts = [(one.recipient.host or "", answer) for one, answer in probed]
        self._paused -= resume_answering([(host, classify(answer, host)) for host, answer in hosts], now)

    def _forget_pauses(self) -> None:
        """Of those that were known to this batch's last window, some may be over."""
        if self._paused:
            self._paused &= paused_hosts()
