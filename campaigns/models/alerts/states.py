"""The states of an alert (docs/adr/0003)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AlertState(models.TextChoices):
    """Where an alert stands; the last three are final."""

    DRAFT = "draft", _("draft")
    AWAITING = "awaiting", _("awaiting approval")
    SCHEDULED = "scheduled", _("scheduled")
    SENDING = "sending", _("sending")
    PAUSED = "paused", _("paused")
    SENT = "sent", _("sent")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")


FINAL_STATES = frozenset({AlertState.SENT, AlertState.EXPIRED, AlertState.CANCELLED})
CANCELLABLE = frozenset(set(AlertState) - FINAL_STATES)
