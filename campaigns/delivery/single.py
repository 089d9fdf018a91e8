"""One alert to one device: an organiser looks at it before everybody does."""

from dataclasses import replace
from datetime import datetime, timedelta

from accounts.models import Device, Subscription
from accounts.pusher import pusher
from campaigns.delivery.audience import Recipient
from campaigns.delivery.messages import MessageMaker
from campaigns.models import Alert
from mobilise.webpush.answers import Answer, Outcome, classify
from mobilise.webpush.loop import run
from mobilise.webpush.pusher import Target

TEST_LIFETIME = timedelta(minutes=5)


def send_test(alert: Alert, device: Device, now: datetime) -> Answer | None:
    """Sends the alert as it stands, with its own audience, window and state left aside. None without a subscription."""
    subscription = Subscription.objects.filter(device=device).first()
    if subscription is None:
        return None
    keys = subscription.keys
    message = replace(
        MessageMaker(alert, now, kind="test").make(_as_recipient(device, subscription), now),
        ttl=int(TEST_LIFETIME.total_seconds()),
        urgency="high",
        topic=None,
    )
    answer = run(pusher().push(Target(keys.endpoint, keys.p256dh, keys.auth, subscription.vapid_fingerprint), message))
    if classify(answer, subscription.host) is Outcome.GONE:
        Subscription.objects.filter(pk=subscription.pk, endpoint_digest=subscription.endpoint_digest).delete()
    return answer


def _as_recipient(device: Device, subscription: Subscription) -> Recipient:
    return Recipient(
        device_id=device.pk,
        kinds_mask=0,
        time_zone=device.time_zone,
        quiet_start=None,
        quiet_end=None,
        language=device.language,
        lock_screen=device.lock_screen,
        keep_cards=device.keep_cards,
        blob=None,
        endpoint_digest=None,
        host=subscription.host,
        vapid_fingerprint=subscription.vapid_fingerprint,
        verified_on=subscription.verified_on,
        made_on=subscription.made_on,
    )
