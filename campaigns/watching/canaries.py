"""The canaries' messages: made, sent at any hour, and their receipts told from those of alerts."""

import logging
from datetime import datetime, timedelta

from django.conf import settings

from accounts.models import Device, Subscription
from accounts.notifications import canary_message
from accounts.tasks import drop_if_gone, push_to
from campaigns.models import Canary
from campaigns.receipts import make_receipt
from mobilise.webpush.pusher import Message

logger = logging.getLogger(__name__)

TOPIC = "canary"
# After so many periods without a receipt something is wrong.
PATIENCE = 3
# Instead of an answer: nothing could be sent.
NO_SUBSCRIPTION = "off"


def period() -> timedelta:
    """How long from one message to the next."""
    return timedelta(minutes=settings.CANARY_MINUTES)


def name_canaries() -> None:
    """Makes the devices of the settings canaries, and no others."""
    unknown = Canary.objects.name_only(settings.CANARY_DEVICES)
    if unknown:
        logger.warning("%d of CANARY_DEVICES: there is no such device, so nothing comes from there", len(unknown))


def named_canaries() -> list[int | None]:
    """The keys of the devices of the settings, in their order; None for one that is not there."""
    known = dict(Device.objects.filter(uuid__in=settings.CANARY_DEVICES).values_list("uuid", "pk"))
    return [known.get(uuid) for uuid in settings.CANARY_DEVICES]


def send(canary_id: int, now: datetime) -> str:
    """Pushes a message if one was asked for. Returns what came of it."""
    canary = Canary.objects.select_related("device").filter(pk=canary_id).first()
    if canary is None or not canary.begin_message(now) or canary.message is None:
        return "nothing to do"
    subscription = Subscription.objects.filter(pk=canary_id).first()
    if subscription is None:
        return _note(canary, NO_SUBSCRIPTION)
    body = canary_message(canary.device, canary.message, make_receipt(canary.message), now + period())
    answer = push_to(subscription, Message(body, int(period().total_seconds()), "high", TOPIC))
    _note(canary, answer.word)
    return drop_if_gone(subscription, answer).value


def _note(canary: Canary, answer: str) -> str:
    """What became of its last message."""
    Canary.objects.filter(pk=canary.pk, message=canary.message).update(answer=answer)
    return answer
