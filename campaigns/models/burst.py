"""Bursts: so many taps of one action from one network address that its organisers should know. No address is kept."""

from datetime import datetime, timedelta

from django.db import models, transaction

from campaigns.models.action import Action
from campaigns.models.audit import Act

# As long as the throttle's own window for taking part.
WINDOW = timedelta(minutes=10)
# A café or a meeting stays below this.
NOTICED_FROM = 200
# Counted on in such steps: a crowd is not to wait for one row.
STEP = 50


class BurstQuerySet(models.QuerySet["Burst"]):
    """Noting, and what is to be seen."""

    def watch(self, action: Action, hits: int, now: datetime) -> None:
        """``hits``: how often people at one address tapped in this window, this action being the last of it.

        Most calls cost nothing; the first in an hour is noted in the audit log too.
        """
        if hits < NOTICED_FROM or hits % STEP:
            return
        window = datetime.fromtimestamp(now.timestamp() // WINDOW.total_seconds() * WINDOW.total_seconds(), now.tzinfo)
        with transaction.atomic():
            fresh = not self.filter(action_id=action.pk, begins_at__gt=now - timedelta(hours=1)).exists()
            row, new = self.get_or_create(action_id=action.pk, begins_at=window, defaults={"most": hits})
            if not new:
                self.filter(pk=row.pk, most__lt=hits).update(most=hits)
            elif fresh:
                action.note(Act.BURST_SEEN, None)

    def largest(self) -> "dict[int, Burst]":
        """{action id: the largest of its bursts}, of those in the set. One statement."""
        return {burst.action_id: burst for burst in self.order_by("most", "begins_at")}


class Burst(models.Model):
    """The most that one address tapped in one window of ten minutes, the last of it for this action."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="bursts")
    begins_at = models.DateTimeField()
    most = models.PositiveIntegerField()

    objects = BurstQuerySet.as_manager()

    class Meta:
        """One row per action and window."""

        constraints = [models.UniqueConstraint(fields=["action", "begins_at"], name="burst_once_per_window")]
