"""A second person's no, with the reason, beside the draft that it left."""

from django.db import models

from accounts.models import User
from campaigns.models.alert import Alert
from mobilise.fields import EncryptedTextField

REASON_LENGTH = 500


class Refusal(models.Model):
    """Why it was not approved. It stays until the alert is long over."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="refusals")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    refused_at = models.DateTimeField()
    # It may name who has not consented to be named.
    reason = EncryptedTextField()

    class Meta:
        """The latest last."""

        ordering = ("refused_at", "pk")
