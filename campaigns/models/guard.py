"""Changes of who the second pair of eyes is need a second pair of eyes themselves."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models.audit import Act, AuditEntry
from campaigns.models.campaign import Campaign, Membership, Role

APPROVING = (Role.OWNER, Role.APPROVER)


class GuardRefused(Exception):
    """This cannot be done, or not by this person; the message says why."""


class GuardedKind(models.TextChoices):
    """What is guarded."""

    SINGLE_PERSON = "single_person", _("switch the two-person mode off")
    REMOVE_APPROVER = "remove_approver", _("remove an approver")
    ADD_APPROVER = "add_approver", _("let somebody approve")


class GuardedChangeQuerySet(models.QuerySet["GuardedChange"]):
    """Proposing."""

    def propose(
        self, campaign: Campaign, by: User, membership: Membership | None = None, role: str = ""
    ) -> "GuardedChange":
        """Proposes to switch the mode off, to remove ``membership``, or to give it ``role``. Owners only.

        Raises GuardRefused.
        """
        if campaign.role_of(by) != Role.OWNER:
            raise GuardRefused(_("Only an owner can propose this."))
        kind = GuardedKind.SINGLE_PERSON
        if membership:
            kind = GuardedKind.ADD_APPROVER if role else GuardedKind.REMOVE_APPROVER
        with transaction.atomic():
            # What somebody left behind would have them as the first pair of eyes, and ``by`` as the second.
            self.drop_orphans(campaign)
            change, new = self.get_or_create(
                campaign=campaign, kind=kind, membership=membership, role=role, defaults={"proposed_by": by}
            )
            if new:
                AuditEntry.objects.note(Act.GUARDED_PROPOSED, campaign=campaign, by=by, about=change)
        return change

    def drop_orphans(self, campaign: Campaign) -> None:
        """Proposals go with the ownership of who made them."""
        self.filter(campaign=campaign).exclude(proposed_by__in=_owners(campaign)).delete()


class GuardedChange(models.Model):
    """A proposed change that waits for a second approver."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="guarded_changes")
    kind = models.CharField(max_length=16, choices=GuardedKind)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, related_name="+")
    role = models.CharField(max_length=10, choices=Role, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    objects = GuardedChangeQuerySet.as_manager()

    class Meta:
        """Readable in the admin."""

        verbose_name = _("change that waits for a second approver")
        verbose_name_plural = _("changes that wait for a second approver")

    def __str__(self) -> str:
        if self.membership is None:
            return self.get_kind_display()
        who = f"{self.membership.user}: {self.get_role_display()}" if self.role else str(self.membership)
        return f"{self.get_kind_display()} ({who})"

    def take_back(self, by: User) -> None:
        """The proposal is void. Raises GuardRefused unless ``by`` is who made it, or when it was decided meanwhile."""
        if by.pk != self.proposed_by_id:
            raise GuardRefused(_("Only who proposed it can take it back."))
        with transaction.atomic():
            if not GuardedChange.objects.filter(pk=self.pk).delete()[0]:
                raise GuardRefused(_("This was decided meanwhile."))
            AuditEntry.objects.note(Act.GUARDED_TAKEN_BACK, campaign=self.campaign_id, by=by, about=self)

    def refuse(self, by: User) -> None:
        """Another owner's or approver's no: the proposal is void. Raises GuardRefused."""
        self._refuse_first_eyes(by)
        with transaction.atomic():
            if not GuardedChange.objects.filter(pk=self.pk).delete()[0]:
                raise GuardRefused(_("This was decided meanwhile."))
            AuditEntry.objects.note(Act.GUARDED_REFUSED, campaign=self.campaign_id, by=by, about=self)

    def confirm(self, by: User, now: datetime) -> None:
        """Carries the change out. Raises GuardRefused unless ``by`` is another approver, and not whom it is about."""
        self._refuse_first_eyes(by)
        with transaction.atomic():
            # Two changes at once must not leave the campaign without an owner.
            campaign = Campaign.objects.select_for_update().get(pk=self.campaign_id)
            owners = campaign.memberships.filter(role=Role.OWNER)
            if not _owners(campaign).filter(user=self.proposed_by_id).exists():
                raise GuardRefused(_("Who proposed it owns the campaign no more: an owner has to propose it anew."))
            if self.membership and not self.role and not owners.exclude(pk=self.membership.pk).exists():
                raise GuardRefused(_("A campaign keeps at least one owner."))
            if not GuardedChange.objects.filter(pk=self.pk).delete()[0]:
                raise GuardRefused(_("This was decided meanwhile."))
            AuditEntry.objects.note(Act.GUARDED_CONFIRMED, campaign=self.campaign_id, by=by, about=self)
            if self.membership and self.role:
                Membership.objects.filter(pk=self.membership.pk).update(role=self.role)
            elif self.membership:
                self.membership.delete()
            else:
                Campaign.objects.filter(pk=self.campaign_id).update(two_person=False)
            GuardedChange.objects.drop_orphans(campaign)

    def _refuse_first_eyes(self, by: User) -> None:
        mine = self.campaign.memberships.filter(user=by).first()
        if mine is None or not mine.may_approve:
            raise GuardRefused(_("Only an owner or an approver of the campaign can answer this."))
        if by.pk == self.proposed_by_id or (self.membership and self.membership.user_id == by.pk):
            raise GuardRefused(_("The second pair of eyes cannot be your own."))


def _owners(campaign: Campaign) -> models.QuerySet[Membership, int]:
    """The keys of those who own it and can enter."""
    return campaign.memberships.filter(role=Role.OWNER, user__is_active=True).values_list("user", flat=True)
