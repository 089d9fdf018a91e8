"""Organisers' phones at a real push service, and what the scheduler rings for."""

from typing import Any

from django.utils import timezone

from accounts.models import OrganiserDevice, PushKeys, User
from campaigns.delivery.organiser_pushes import send_due
from campaigns.models import Asking
from tests.make import (
    make_device,
    make_subscription,
)
from tests.push_service.client import PushService
from tests.push_service.subscriptions import Subscription as AtService


def tie(push: PushService, user: User, **values: Any) -> AtService:
    """A phone of the organiser's, with alerts on at the push service."""
    device, made = make_device(**values), push.subscribe()
    make_subscription(device, PushKeys(made.endpoint, made.p256dh, made.auth))
    OrganiserDevice.objects.create(device=device, user=user, tied_on=timezone.now().date())
    return made


def tick(now: Any) -> int:
    """What the scheduler rings for at ``now``, done. How many pushes that was."""
    return sum(send_due(pk, now) for pk in Asking.objects.ring(now))


def notifications(push: PushService, phone: AtService) -> list[dict[str, Any]]:
    return [received.json()["notification"] for received in push.received(phone)]
