"""Erasing a device: what others count stays, and nothing leads from it to the device any more."""

from django.db import transaction

from accounts.models import Device
from campaigns.models import Claim, Participation, PendingDelivery


def erase_device(device: Device) -> None:
    """Everything of it, in one transaction. The rows of other tables go with the device's own.

    Nothing, when another phone has just taken it over: what was this device's is that one's now.
    """
    with transaction.atomic():
        if not Device.objects.hold(device):
            return
        Participation.objects.unlink(device)
        Claim.objects.unlink(device)
        PendingDelivery.objects.unlink(device)
        device.delete()
