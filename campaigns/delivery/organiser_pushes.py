"""Pushes to organisers' own phones about an alert: an approval is asked for, or an owner sends without one."""

import asyncio
import math
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override

from accounts.models import LockScreen, OrganiserDevice, Subscription
from accounts.pusher import pusher
from accounts.tasks import drop_if_gone
from campaigns.delivery.messages import TOPIC_LENGTH, hour_in_words, texts_of
from campaigns.models import Alert, AlertState, Occasion, OrganiserPush
from mobilise.fields import UndecryptableValue, index_digest
from mobilise.webpush import declarative, loop
from mobilise.webpush.answers import Answer, Outcome
from mobilise.webpush.pusher import Message, Target

MOST_ATTEMPTS = 4
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 60.0
# A phone that was off for longer finds the question on the page.
LONGEST_LIFE = timedelta(hours=1)


def send_due(asking_id: int, now: datetime) -> int:
    """Sends the due pushes of an asking, all at once; each is claimed before. Returns how many were sent."""
    found = OrganiserPush.objects.due(now).filter(asking_id=asking_id)
    rows = found.select_related("asking__alert__action__campaign", "asking__alert__corrects", "device")
    claimed = [row for row in rows if row.claim(now)]
    ready = [(row, subscription) for row in claimed if (subscription := _subscription(row, now))]
    answers = loop.run(_push_all([_envelope(row, subscription, now) for row, subscription in ready]))
    for (row, subscription), answer in zip(ready, answers, strict=True):
        _settle(row, subscription, answer, now)
    return len(ready)


def approval_path(alert: Alert) -> str:
    """The page on which it is looked at and answered."""
    page = f"admin:campaigns_{alert.action.kind.replace('_', '')}_approval"
    return reverse(page, args=[alert.action_id, alert.pk])


def _subscription(row: OrganiserPush, now: datetime) -> Subscription | None:
    """Where to send it; None, and it is settled, when there is nothing to say any more or no phone to say it on."""
    tied = OrganiserDevice.objects.filter(device=row.device_id, user=row.user_id).exists()
    subscription = Subscription.objects.filter(pk=row.device_id).first() if tied and _still_matters(row, now) else None
    try:
        if subscription is not None:
            _ = subscription.keys
    except UndecryptableValue:
        subscription = None
    if subscription is None:
        row.settle(accepted=False)
    return subscription


def _still_matters(row: OrganiserPush, now: datetime) -> bool:
    alert = row.asking.alert
    if row.occasion == Occasion.ALONE:
        return alert.state == AlertState.SCHEDULED and alert.leaves_at > now
    return alert.state == AlertState.AWAITING and alert.expires_at > now and row.user_id in row.asking.approvers()


async def _push_all(envelopes: Sequence[tuple[Target, Message]]) -> list[Answer]:
    return await asyncio.gather(*(pusher().push(*envelope) for envelope in envelopes))


def _settle(row: OrganiserPush, subscription: Subscription, answer: Answer, now: datetime) -> None:
    outcome = drop_if_gone(subscription, answer)
    again_at = None
    if outcome is Outcome.RETRY and row.attempts < MOST_ATTEMPTS:
        pause = max(answer.retry_after or 0.0, FIRST_PAUSE * 3 ** (row.attempts - 1))
        again_at = now + timedelta(seconds=min(pause, LONGEST_PAUSE))
    row.settle(accepted=outcome is Outcome.ACCEPTED, again_at=again_at)


def _envelope(row: OrganiserPush, subscription: Subscription, now: datetime) -> tuple[Target, Message]:
    keys, alert = subscription.keys, row.asking.alert
    until = alert.leaves_at if row.occasion == Occasion.ALONE else min(alert.expires_at, now + LONGEST_LIFE)
    # What is said later of the same alert takes the place of what still waits at the push service.
    topic = urlsafe_b64encode(index_digest("approval", alert.uuid.bytes, row.device_id.to_bytes(8, "big")))
    message = Message(
        body=_body(row, until),
        ttl=max(1, math.floor((until - now).total_seconds())),
        urgency="high",
        topic=topic.decode()[:TOPIC_LENGTH],
    )
    return Target(keys.endpoint, keys.p256dh, keys.auth, subscription.vapid_fingerprint), message


def _body(row: OrganiserPush, until: datetime) -> bytes:
    alert = row.asking.alert
    title, body = texts(row)
    notification = {
        "title": title,
        "body": body,
        "navigate": f"{settings.SITE_URL}{approval_path(alert)}",
        # One notification an alert; each push has an id of its own, so that the second call rings too.
        "tag": f"approval-{alert.uuid}",
        "lang": row.device.language,
        "data": {"type": "approval", "id": str(row.uuid), "expires": math.ceil(until.timestamp())},
    }
    return declarative.encode(notification)


def texts(row: OrganiserPush) -> tuple[str, str]:
    """(title, body). Discreet unless this phone's owner wants everything on the lock screen."""
    alert, device = row.asking.alert, row.device
    by = alert.leaves_at if row.occasion == Occasion.ALONE else alert.expires_at
    hour = {"hour": hour_in_words(by, device.language, device.time_zone)}
    with override(device.language):
        said = {
            Occasion.FIRST: gettext("Your approval is asked for, before %(hour)s."),
            Occasion.AGAIN: gettext("Still waiting for your approval, before %(hour)s."),
            Occasion.ALONE: gettext("Leaves at %(hour)s without a second person. Until then you can stop it."),
        }
    title = texts_of(alert, device.language)[0] if device.lock_screen == LockScreen.FULL else settings.SITE_NAME
    return title, said[Occasion(row.occasion)] % hour
