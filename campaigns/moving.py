"""A transfer code is taken over: all that hangs on two devices comes to hang on one."""

from datetime import datetime

from django.db import transaction

from accounts.handing_over import survivor, unite
from accounts.models import Device, Subscription, TransferCode
from campaigns.models import Claim, Follow, OrganiserPush, Outcome, Participation, PendingDelivery


def take_over(code: str, device: Device, now: datetime) -> tuple[Device, str]:
    """The device as it is after it, and what the old phone sealed ("" for nothing). All of it or nothing.

    Two phones with one code: the first has it. The same phone again: the same answer.
    Raises CodeUseless, OwnCode, DeviceGone.
    """
    with transaction.atomic():
        taking = TransferCode.objects.begin_taking(code, device, now)
        if taking.old is not None:
            keep, gone = survivor(taking.old, taking.new)
            Follow.objects.move(gone, keep)
            Participation.objects.move(gone, keep, now)
            Claim.objects.move(gone, keep, now)
            OrganiserPush.objects.move(gone, keep)
            PendingDelivery.objects.move(gone, keep)
        united = unite(taking, now)
        if Subscription.objects.filter(device=united, verified_on__isnull=False).exists():
            Participation.objects.count_verified(united, now)
            Outcome.objects.count_verified(united, now)
    return united, taking.code.sealed
