"""What became of a window, or of a lane: one transaction notes it all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from accounts.models import Device, Subscription
from campaigns.delivery.audience import Recipient
from campaigns.delivery.parking import Closed, park
from campaigns.delivery.sending import Outcomes, Postponed
from campaigns.models import Alert, Batch, DeliveryTally, Heartbeat, PendingDelivery
from campaigns.models.heartbeat import RETRIES
from campaigns.models.pending import Seal
from mobilise.inserting import insert_missing

_PENDING = ("alert_id", "batch_id", "reason", "not_before", "host", "attempts", "fence")


def note_window(batch: Batch, cursor: int, outcomes: Outcomes, closed: Closed, now: datetime) -> bool:
    """Notes a batch's window in one transaction. False, and nothing noted, when the fence is somebody else's.

    ``closed``: the hosts that the window was read without.
    """
    with transaction.atomic():
        # Pending rows, then the batch's, then its tallies, here as in a lane: two workers that lock the same rows in
        # different order would wait for each other.
        _postpone(batch.alert, {one.device_id: batch.counted_at for one in outcomes.postponed}, outcomes.postponed, now)
        if closed:
            park(batch.alert, batch, cursor, closed)
        if not batch.checkpoint(cursor, {name: count for name, count in outcomes.counts.items() if count}, now):
            transaction.set_rollback(True)
            return False
        _note_answers(batch.alert, {batch.counted_at: outcomes}, now)
    return True


def note_lane(alert: Alert, claimed: Sequence[PendingDelivery], by_batch: dict[int, Outcomes], now: datetime) -> bool:
    """Notes what became of claimed postponed deliveries. False, and nothing noted, when somebody else has any."""
    ids, fence = [one.pk for one in claimed], claimed[0].fence
    again = {one.device_id: one for outcomes in by_batch.values() for one in outcomes.postponed}
    with transaction.atomic():
        if not _are_ours(claimed):
            return False
        waiting = _wait_on(alert, claimed, again, now)
        PendingDelivery.objects.bulk_update(waiting, ["not_before", "reason", "host", "attempts", "lease_until"])
        PendingDelivery.objects.filter(pk__in=ids, fence=fence).exclude(pk__in=[one.pk for one in waiting]).delete()
        # Those whose rows named them and that were sent to now: in rows of their own, in no order.
        stay = {row.whose for row in waiting}
        left = [one for one in again.values() if one.device_id not in stay]
        _postpone(alert, {row.whose: row.batch_id for row in claimed if row.whose is not None}, left, now)
        Batch.objects.add_counts({batch_id: outcomes.counts for batch_id, outcomes in by_batch.items()})
        _note_answers(alert, by_batch, now)
        # Last, as all lanes write this row.
        Heartbeat.objects.beat(RETRIES, now)
    return True


def _wait_on(
    alert: Alert, claimed: Sequence[PendingDelivery], again: Mapping[int, Postponed], now: datetime
) -> list[PendingDelivery]:
    """The rows that stay, changed as they are to be noted."""
    waiting = []
    for row in claimed:
        later = again.get(row.whose) if row.whose is not None else None
        if later is None or (_is_secret(alert, later) and not row.is_sealed):
            continue
        if row.is_sealed:
            later = later.disguised(now, alert.expires_at)
        row.not_before, row.reason, row.host = later.not_before, later.reason, later.host
        row.attempts, row.lease_until = later.attempts, None
        waiting.append(row)
    return waiting


def _is_secret(alert: Alert, later: Postponed) -> bool:
    """Whether a row that named the device would say that it took part, or that it did not.

    Once the action's key is deleted nobody is known to have taken part.
    """
    return later.sent and alert.is_by_part and alert.action.participation_key is not None


def _are_ours(claimed: Sequence[PendingDelivery]) -> bool:
    """Whether nobody else has claimed any of them, or claimed and finished it: such a row is gone, its device is not.

    With an erased device its rows go too, and what was sent to it still counts.
    """
    rows = PendingDelivery.objects.select_for_update().filter(pk__in=[one.pk for one in claimed])
    fences = dict(rows.order_by("pk").values_list("pk", "fence"))
    if any(fence != claimed[0].fence for fence in fences.values()):
        return False
    gone = [one.whose for one in claimed if one.pk not in fences]
    known = [device for device in gone if device is not None]
    return not gone or (known == gone and not Device.objects.filter(pk__in=known).exists())


def _note_answers(alert: Alert, by_batch: Mapping[int, Outcomes], now: datetime) -> None:
    """Counts what the push services said, in one statement; deletes what is gone and notes refusals.

    By part neither says of which host or to whom: of a host with few followers it would say whether these took part.
    """
    answers: Counter[tuple[int, str, str]] = Counter()
    for batch_id, outcomes in by_batch.items():
        for (host, word), number in outcomes.answers.items():
            answers[batch_id, "" if alert.is_by_part else host, word] += number
    DeliveryTally.objects.add(answers, now)
    _prune(*by_batch.values(), refusals=not alert.is_by_part)


def _prune(*windows: Outcomes, refusals: bool) -> None:
    """Deletes what is gone and notes ``refusals``, of exactly the subscriptions that were sent to.

    One that was repaired meanwhile has another digest.
    """
    gone = [one for outcomes in windows for one in outcomes.gone]
    refused = [one for outcomes in windows for one in outcomes.refused]
    if gone:
        _sent_to(gone).delete()
    if refused and refusals:
        _sent_to(refused).update(failures=F("failures") + 1)


def _sent_to(recipients: Sequence[Recipient]) -> QuerySet[Subscription]:
    digests = [bytes(one.endpoint_digest or b"") for one in recipients]
    return Subscription.objects.filter(pk__in=[one.device_id for one in recipients], endpoint_digest__in=digests)


def _postpone(alert: Alert, batches: Mapping[int, int], postponed: Sequence[Postponed], now: datetime) -> None:
    """One insert, and one of what is sealed; a device that is there already (a repeated window) stays as it is."""
    named, sealed = [], []
    for one in postponed:
        secret = _is_secret(alert, one)
        row = one.disguised(now, alert.expires_at) if secret else one
        values = (alert.pk, batches[one.device_id], row.reason.value, row.not_before, row.host, row.attempts, 0)
        if secret:
            sealed.append((*Seal.over(alert, one.device_id), *values))
        else:
            named.append((one.device_id, *values))
    insert_missing(PendingDelivery, ("device_id", *_PENDING), named)
    # In the order of their random numbers: nor does the place in the table say whose they are.
    insert_missing(PendingDelivery, (*Seal._fields, *_PENDING), sorted(sealed))
