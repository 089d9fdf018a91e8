"""Pushes to one device, on the queue that never waits behind a big alert. Tasks carry ids only."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django_tasks import task
from rest_framework.exceptions import Throttled

from accounts.models import Device, Subscription
from accounts.models.subscription import NONCE_LIFETIME
from accounts.notifications import test_message, verification_message
from accounts.pusher import pusher
from mobilise.quiet_tasks import store_nothing_of_errors
from mobilise.throttles.limits import throttle
from mobilise.webpush import loop
from mobilise.webpush.answers import Answer, Outcome, classify
from mobilise.webpush.pusher import Message, Target

QUEUE = "interactive"
MOST_ATTEMPTS = 4
FIRST_PAUSE = 5.0
LONGEST_PAUSE = 10 * 60.0
VERIFICATION_TTL = int(NONCE_LIFETIME.total_seconds())
TEST_TTL = 15 * 60


def enqueue_verification(device: Device, *, renewal: bool) -> None:
    """Pushes a verification once the current transaction is committed; a renewal without a sound."""
    transaction.on_commit(partial(send_verification.enqueue, device.pk, 1, **({"renewal": True} if renewal else {})))


def enqueue_device_test(device: Device, test: UUID) -> None:
    """Pushes the device's own test alert once the current transaction is committed."""
    transaction.on_commit(partial(send_device_test.enqueue, device.pk, 1, test=str(test)))


def awaits_verification(subscription: Subscription) -> bool:
    """Whether a verification is to be pushed (again) to it now; not while the last one may still be on its way.

    Counted among the limits, whose rows name nobody: the subscription itself does not say when it was pushed to.
    """
    if subscription.verified:
        return False
    try:
        throttle("push_verification", device=bytes(subscription.endpoint_digest).hex(), address="")
    except Throttled:
        return False
    return True


@task(queue_name=QUEUE)
@store_nothing_of_errors
def send_verification(device_id: int, attempt: int, renewal: bool = False) -> str:
    """Pushes a fresh nonce. Returns the outcome."""
    subscription = _subscription(device_id)
    if subscription is None or subscription.verified:
        return "nothing to do"
    nonce = subscription.issue_nonce(timezone.now())
    body = verification_message(subscription.device, nonce, renewal=renewal)
    answer = push_to(subscription, Message(body, VERIFICATION_TTL, "high", "verification"))
    return settle(subscription, answer, attempt, send_verification, renewal=renewal).value


@task(queue_name=QUEUE)
@store_nothing_of_errors
def send_device_test(device_id: int, attempt: int, test: str = "") -> str:
    """Pushes the device's own test alert, and notes what the push service said of it. Returns the outcome."""
    subscription = _subscription(device_id)
    if subscription is None:
        return "nothing to do"
    body = test_message(subscription.device, test or str(uuid4()))
    answer = push_to(subscription, Message(body, TEST_TTL, "high", "test"))
    outcome = settle(subscription, answer, attempt, send_device_test, test=test)
    if test:
        subscription.note_test(UUID(test), outcome.value)
    return outcome.value


def _subscription(device_id: int) -> Subscription | None:
    return Subscription.objects.select_related("device").filter(pk=device_id).first()


def push_to(subscription: Subscription, message: Message) -> Answer:
    """Pushes one message now. Raises UndecryptableValue."""
    keys = subscription.keys
    target = Target(keys.endpoint, keys.p256dh, keys.auth, subscription.vapid_fingerprint)
    return loop.run(pusher().push(target, message))


def settle(subscription: Subscription, answer: Answer, attempt: int, again: Any, **more: Any) -> Outcome:
    """Deletes what is gone, tries again what may pass. ``more`` goes along to the next try."""
    outcome = drop_if_gone(subscription, answer)
    if outcome is Outcome.RETRY and attempt < MOST_ATTEMPTS:
        pause = max(answer.retry_after or 0.0, FIRST_PAUSE * 3 ** (attempt - 1))
        run_after = timezone.now() + timedelta(seconds=min(pause, LONGEST_PAUSE))
        again.using(run_after=run_after).enqueue(subscription.pk, attempt + 1, **more)
    return outcome


def drop_if_gone(subscription: Subscription, answer: Answer) -> Outcome:
    """What the answer means; a subscription that is gone is deleted."""
    outcome = classify(answer, subscription.host)
    if outcome is Outcome.GONE:
        # Of the very endpoint that answered: the browser may have subscribed anew meanwhile.
        Subscription.objects.filter(pk=subscription.pk, endpoint_digest=subscription.endpoint_digest).delete()
    return outcome
