"""One push to one tied phone of an organiser, about an alert. The rows are the truth; the queue is a doorbell."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import models
from django.db.models import Q

from accounts.models import Device, OrganiserDevice, User

if TYPE_CHECKING:
    from campaigns.models.approving.asking import Asking

# Longer than one attempt takes: whoever claimed it and is still at it is not disturbed.
LEASE = timedelta(seconds=30)


class Occasion(models.TextChoices):
    """What the push is for."""

    FIRST = "first"  # an approval is asked for
    AGAIN = "again"  # nobody has answered
    ALONE = "alone"  # an owner sends without a second person


class OrganiserPushQuerySet(models.QuerySet["OrganiserPush"]):
    """Making them, and finding those to be sent."""

    def make(self, asking: "Asking", users: Collection[int], occasion: Occasion, now: datetime) -> None:
        """One for each tied phone of these organisers (by key) on which alerts are on."""
        reachable = Q(user__in=users, user__is_active=True, device__subscription__isnull=False)
        ties = OrganiserDevice.objects.filter(reachable).values_list("device_id", "user_id")
        self.bulk_create(
            OrganiserPush(asking=asking, device_id=device, user_id=user, occasion=occasion, due_at=now)
            for device, user in ties
        )

    def move(self, gone: Device, keep: Device) -> None:
        """What one phone is told, another is; what both are told it is told once."""
        told = self.filter(device=keep).values_list("asking_id", "occasion")
        for asking, occasion in list(told):
            self.filter(device=gone, asking_id=asking, occasion=occasion).delete()
        self.filter(device=gone).update(device=keep)

    def due(self, now: datetime) -> "OrganiserPushQuerySet":
        """To be sent now, for the first time or once more."""
        return self.filter(due_at__lte=now)


class OrganiserPush(models.Model):
    """Sent by whoever claims it; a claim that is not settled runs out, so that a killed worker loses nothing."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    asking = models.ForeignKey("campaigns.Asking", on_delete=models.CASCADE, related_name="pushes")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    occasion = models.CharField(max_length=8, choices=Occasion)
    due_at = models.DateTimeField(null=True)  # null: nothing is left to do
    attempts = models.PositiveSmallIntegerField(default=0)
    accepted = models.BooleanField(default=False)  # by the push service

    objects = OrganiserPushQuerySet.as_manager()

    class Meta:
        """A phone is told once of each occasion."""

        constraints = [
            models.UniqueConstraint(fields=["asking", "device", "occasion"], name="organiser_push_once"),
        ]

    def claim(self, now: datetime) -> bool:
        """Takes it for one attempt. False when somebody else did."""
        mine = OrganiserPush.objects.due(now).filter(pk=self.pk, attempts=self.attempts)
        if not mine.update(due_at=now + LEASE, attempts=self.attempts + 1):
            return False
        self.attempts += 1
        return True

    def settle(self, *, accepted: bool, again_at: datetime | None = None) -> None:
        """Notes what came of the attempt, unless the claim ran out and somebody else is at it."""
        mine = OrganiserPush.objects.filter(pk=self.pk, attempts=self.attempts)
        mine.update(due_at=again_at, accepted=accepted)
