"""The minute has come: an alert begins, if it still is what was scheduled and may still go out as it is."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max

from campaigns.delivery.audience import cut
from campaigns.models import Alert, AlertState, Batch, PendingDelivery
from campaigns.rules import audience_of, needs_approval, text_problems

logger = logging.getLogger(__name__)


def begin(alert_id: int, now: datetime) -> bool:
    """scheduled -> sending, if nothing speaks against it; else back to where somebody has to look at it.

    False when it did not begin (yet). Raises IllegalTransition when another scheduler was faster or it changed.
    """
    alert = Alert.objects.select_related("action__campaign", "corrects", "scheduled_by").get(pk=alert_id)
    if alert.state != AlertState.SCHEDULED or alert.send_at > now:
        return False
    if alert.digest != alert.scheduled_digest or text_problems(alert):
        alert.return_to_draft()
        logger.error("alert %s is not what was scheduled, or says too much too early: back to draft", alert.uuid)
        return False
    if needs_approval(alert) and not alert.approvals.filter(digest=alert.digest).exists():
        _ask_for_approval(alert, now)
        return False
    if not _stop_the_wrong_one(alert, now):
        return False
    start_sending(alert, now)
    return True


def _ask_for_approval(alert: Alert, now: datetime) -> None:
    """More devices follow than when it was scheduled, or the two-person mode was switched on since."""
    with transaction.atomic():
        by = alert.scheduled_by
        alert.return_to_draft()
        if by is not None:
            alert.schedule(by, now, needs_approval=True)
    logger.warning("alert %s goes to more devices than one person may send to: it awaits approval", alert.uuid)


def _stop_the_wrong_one(correction: Alert, now: datetime) -> bool:
    """What is left of the alert that is corrected is not sent any more.

    False while a worker may still be sending a window of it: the wrong text must not arrive after the right one.
    """
    wrong = correction.corrects_id
    if wrong is None:
        return True
    sending = Alert.objects.filter(pk=wrong, state__in=(AlertState.SENDING, AlertState.PAUSED))
    sending.update(state=AlertState.CANCELLED, finished_at=now)
    batches, pending = Batch.objects.filter(alert_id=wrong), PendingDelivery.objects.filter(alert_id=wrong)
    return not (batches.held(now).exists() or pending.held(now).exists())


def start_sending(alert: Alert, now: datetime) -> None:
    """scheduled -> sending and the audience cut into batches, both or neither. Raises IllegalTransition."""
    with transaction.atomic():
        found = audience_of(alert).aggregate(last=Max("device_id"), size=Count("pk"))
        last = found["last"] or 0
        alert.begin_sending(now, last_device=last, audience_size=found["size"])
        Batch.objects.bulk_create(cut(alert, last))
