"""The pictures that shared links show, as they were last drawn."""

from django.db import models
from django.db.models import Q

from campaigns.models.action import Action
from campaigns.models.campaign import Campaign


class PreviewQuerySet(models.QuerySet["Preview"]):
    """Keeping and finding."""

    def picture(self, campaign: Campaign, action: Action | None, language: str, digest: str) -> bytes | None:
        """The picture if it still says what ``digest`` is of."""
        found = self.filter(campaign=campaign, action=action, language=language, digest=digest)
        picture = found.values_list("picture", flat=True).first()
        return None if picture is None else bytes(picture)

    def keep(self, campaign: Campaign, action: Action | None, language: str, digest: str, picture: bytes) -> None:
        """In place of what was there."""
        values = {"digest": digest, "picture": picture}
        self.update_or_create(campaign=campaign, action=action, language=language, defaults=values)


class Preview(models.Model):
    """One picture of a public action, or of a public campaign, in one language. Here, as all machines share it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="previews")
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="previews", null=True)
    language = models.CharField(max_length=10)
    digest = models.CharField(max_length=16)
    picture = models.BinaryField()

    objects = PreviewQuerySet.as_manager()

    class Meta:
        """One each."""

        constraints = [
            models.UniqueConstraint(fields=["action", "language"], name="preview_of_action"),
            models.UniqueConstraint(
                fields=["campaign", "language"], condition=Q(action__isnull=True), name="preview_of_campaign"
            ),
        ]
