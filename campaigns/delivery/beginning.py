"""The minute has come: an alert begins, if it still is what was scheduled and may still go out as it is."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max

from campaigns.delivery.audience import cut
from campaigns.models import Act, Alert, AlertState, Batch, HeldBack, PendingDelivery, SilencePeriod
from campaigns.rules import audience_of, ban_problems, is_too_few, needs_approval, text_problems, unconfirmed_problems

logger = logging.getLogger(__name__)


def begin(alert_id: int, now: datetime) -> bool:
    """scheduled -> sending, if nothing speaks against it; else back to where somebody has to look at it.

    False when it did not begin (yet). Raises IllegalTransition when another scheduler was faster or it changed.
    """
    alert = Alert.objects.select_related("action__campaign", "corrects", "scheduled_by").get(pk=alert_id)
    if alert.state != AlertState.SCHEDULED or alert.leaves_at > now:
        return False
    held_back = _why_held_back(alert, now)
    if held_back:
        alert.return_to_draft(held_back=held_back)
        logger.error("alert %s is held back (%s): back to draft", alert.uuid, held_back)
        return False
    if needs_approval(alert) and not alert.approvals.filter(digest=alert.digest).exists():
        _ask_for_approval(alert, now)
        return False
    if not _stop_the_wrong_one(alert, now):
        return False
    with transaction.atomic():
        start_sending(alert, now)
        campaign = alert.action.campaign
        if campaign.two_person and not alert.approvals.exists():
            # Not how many: by departement that would let single persons be counted.
            alert.note(Act.ONE_WAS_ENOUGH, alert.scheduled_by, f"≤ {campaign.two_person_above}")
    return True


def _why_held_back(alert: Alert, now: datetime) -> str:
    """What speaks against it now, if anything does: the page of its action says so."""
    if ban_problems(alert):
        return HeldBack.BANNED
    if alert.digest != alert.scheduled_digest or text_problems(alert):
        return HeldBack.CHANGED
    if SilencePeriod.objects.touching(alert.action.campaign, alert.send_at, alert.expires_at).exists():
        return HeldBack.SILENCE
    if unconfirmed_problems(alert, now):
        return HeldBack.STALE
    return HeldBack.FEW if is_too_few(alert) else ""


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
