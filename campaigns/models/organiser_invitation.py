"""How an organiser comes into a campaign: by an owner's invitation, once, within some days."""

import secrets
from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.device import digest_secret
from campaigns.models.audit import Act, AuditEntry
from campaigns.models.campaign import Campaign, Membership, Role
from campaigns.models.guard import APPROVING, GuardedChange, GuardRefused

LIFETIME = timedelta(days=3)


class OrganiserInvitationQuerySet(models.QuerySet["OrganiserInvitation"]):
    """Making invitations, and finding the one that a code opens."""

    def make(self, campaign: Campaign, role: str, by: User, now: datetime) -> str:
        """The code of a new one; only its digest is stored. Owners only: else GuardRefused."""
        if campaign.role_of(by) != Role.OWNER:
            raise GuardRefused(_("Only an owner can invite organisers."))
        code = secrets.token_urlsafe(24)
        with transaction.atomic():
            self.create(campaign=campaign, role=role, made_by=by, digest=digest_secret(code), expires_at=now + LIFETIME)
            AuditEntry.objects.note(Act.INVITED, campaign=campaign, by=by, about=Role(role).label)
        return code

    def open_at(self, now: datetime) -> "OrganiserInvitationQuerySet":
        """Those that can be accepted: in time, and whoever made them still owns the campaign."""
        owned = {"campaign__memberships__user": F("made_by"), "campaign__memberships__role": Role.OWNER}
        return self.filter(expires_at__gt=now, **owned)

    def find(self, code: str, now: datetime) -> "OrganiserInvitation | None":
        """None when the code is unknown, used, revoked or too old: which of these is nobody's business."""
        return self.open_at(now).filter(digest=digest_secret(code)).select_related("campaign", "made_by").first()


class OrganiserInvitation(models.Model):
    """One place in a campaign, for whoever has the code. The row goes with its use."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="organiser_invitations")
    role = models.CharField(_("role"), max_length=10, choices=Role)
    made_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(db_index=True)

    objects = OrganiserInvitationQuerySet.as_manager()

    class Meta:
        """As they were made."""

        ordering = ("pk",)
        verbose_name = _("invitation of an organiser")
        verbose_name_plural = _("invitations of organisers")

    def __str__(self) -> str:
        return str(Role(self.role).label)

    @property
    def is_guarded(self) -> bool:
        """Whether the role has to be confirmed by a second approver: it would let somebody approve."""
        return self.campaign.two_person and self.role in APPROVING

    def accept(self, user: User) -> Membership:
        """Uses it up. Raises GuardRefused when somebody was faster, or ``user`` is in the campaign already.

        In two-person mode nobody becomes an approver by one owner's word: they begin as an editor, and the rest is
        proposed in the name of the owner who invited them.
        """
        with transaction.atomic():
            self.campaign = Campaign.objects.select_for_update().get(pk=self.campaign_id)
            if self.campaign.role_of(user):
                raise GuardRefused(_("You are an organiser of this campaign already."))
            if not OrganiserInvitation.objects.filter(pk=self.pk).delete()[0]:
                raise GuardRefused(_("This invitation was used already, was revoked, or is too old."))
            role = Role.EDITOR if self.is_guarded else self.role
            membership = Membership.objects.create(campaign=self.campaign, user=user, role=role)
            AuditEntry.objects.note(Act.MEMBER_ADDED, campaign=self.campaign, by=user, about=membership)
            if self.is_guarded:
                GuardedChange.objects.propose(self.campaign, self.made_by, membership, self.role)
        return membership

    def revoke(self, by: User) -> None:
        """Nobody can accept it any more. Twice does no harm."""
        with transaction.atomic():
            if OrganiserInvitation.objects.filter(pk=self.pk).delete()[0]:
                AuditEntry.objects.note(Act.INVITATION_REVOKED, campaign=self.campaign_id, by=by, about=self)
