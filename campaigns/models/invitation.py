"""Ways into a closed campaign."""

import secrets
from base64 import urlsafe_b64encode
from datetime import datetime

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models.audit import Act, AuditEntry
from campaigns.models.campaign import Campaign, digest_code
from mobilise.fields.encrypted import index_digest

CODE_BYTES = 12
MOST_USES = 1000


class InvitationState(models.TextChoices):
    """Whether it still opens the campaign, or why not."""

    OPEN = "open", _("valid")
    USED_UP = "used_up", _("used up")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")


NO_CAMPAIGN = 0


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Making and redeeming invitations."""

    def make(
        self,
        campaign: Campaign,
        *,
        uses: int,
        expires_at: datetime,
        label: str = "",
        nonce: str = "",
        by: User | None = None,
    ) -> str:
        """A code for ``uses`` followers until ``expires_at``. The same ``nonce`` gives the same one again."""
        code = _code_of(campaign, nonce or secrets.token_urlsafe())
        values = {"campaign": campaign, "label": label, "uses": uses, "uses_left": uses, "expires_at": expires_at}
        with transaction.atomic():
            made, new = self.get_or_create(digest=digest_code(code), defaults=values)
            if new:
                AuditEntry.objects.note(Act.INVITATION_MADE, campaign=campaign, by=by, about=made)
        return code

    def of_code(self, code: str) -> "InvitationQuerySet":
        """The one that this code is for."""
        return self.filter(digest=digest_code(code))

    def redeem(self, campaign: Campaign | None, code: str, now: datetime) -> bool:
        """Takes one use, atomically. False when the code is unknown, used up, revoked or too old.

        Of no campaign it asks the database too: how long an answer takes is not to tell whether there is one.
        """
        wanted = campaign.pk if campaign else NO_CAMPAIGN
        usable = self.of_code(code).filter(campaign_id=wanted, uses_left__gt=0, expires_at__gt=now, revoked=False)
        return bool(usable.update(uses_left=F("uses_left") - 1))


class Invitation(models.Model):
    """A way into a closed campaign. Never who used it or when."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="invitations")
    label = models.CharField(
        _("what for"),
        max_length=60,
        blank=True,
        help_text=_("For yourselves, for instance “Lille section”. No names."),
    )
    digest = models.CharField(max_length=64, unique=True)
    uses = models.PositiveIntegerField()
    uses_left = models.PositiveIntegerField()
    expires_at = models.DateTimeField()
    revoked = models.BooleanField(default=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        """The last made first."""

        ordering = ("-pk",)
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.label or str(_("invitation"))

    def revoke(self, by: User | None = None) -> bool:
        """It opens nothing any more. False when it was revoked already."""
        self.revoked = True
        with transaction.atomic():
            revoked = bool(Invitation.objects.filter(pk=self.pk, revoked=False).update(revoked=True))
            if revoked:
                AuditEntry.objects.note(Act.INVITATION_REVOKED, campaign=self.campaign_id, by=by, about=self)
        return revoked

    def state_at(self, now: datetime) -> InvitationState:
        """Whether it opens the campaign."""
        if self.revoked:
            return InvitationState.REVOKED
        if self.expires_at <= now:
            return InvitationState.EXPIRED
        return InvitationState.OPEN if self.uses_left else InvitationState.USED_UP


def path_of(campaign: Campaign, code: str) -> str:
    """Where the app takes the invitation. The code is behind the #: no server's log and no referrer ever holds it."""
    return f"/c/{campaign.slug}#invitation={code}"


def _code_of(campaign: Campaign, nonce: str) -> str:
    digest = index_digest("invitation", campaign.uuid.bytes, nonce.encode())
    return urlsafe_b64encode(digest[:CODE_BYTES]).decode()
