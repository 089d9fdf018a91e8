"""Changes that would remove the second pair of eyes need a second pair of eyes themselves."""

from datetime import datetime

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models.campaign import Campaign, Membership, Role


class GuardRefused(Exception):
    """This cannot be done, or not by this person; the message says why."""


class GuardedKind(models.TextChoices):
    """What is guarded."""

    SINGLE_PERSON = "single_person", _("switch the two-person mode off")
    REMOVE_APPROVER = "remove_approver", _("remove an approver")


class GuardedChangeQuerySet(models.QuerySet["GuardedChange"]):
    """Proposing."""

    def propose(self, campaign: Campaign, by: User, membership: Membership | None = None) -> "GuardedChange":
        """Proposes to switch the mode off, or to remove ``membership``. Owners only: else GuardRefused."""
        if campaign.role_of(by) != Role.OWNER:
            raise GuardRefused(_("Only an owner can propose this."))
        kind = GuardedKind.REMOVE_APPROVER if membership else GuardedKind.SINGLE_PERSON
        return self.get_or_create(campaign=campaign, kind=kind, membership=membership, defaults={"proposed_by": by})[0]


class GuardedChange(models.Model):
    """A proposed change that waits for a second approver."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="guarded_changes")
    kind = models.CharField(max_length=16, choices=GuardedKind)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, related_name="+")
    proposed_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")

    objects = GuardedChangeQuerySet.as_manager()

    class Meta:
        """Readable in the admin."""

        verbose_name = _("change that waits for a second approver")
        verbose_name_plural = _("changes that wait for a second approver")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.membership})" if self.membership else self.get_kind_display()

    def confirm(self, by: User, now: datetime) -> None:
        """Carries the change out. Raises GuardRefused unless ``by`` is another approver, and not the one removed."""
        mine = self.campaign.memberships.filter(user=by).first()
        if mine is None or not mine.may_approve:
            raise GuardRefused(_("Only an owner or an approver of the campaign can confirm."))
        if by.pk == self.proposed_by_id or (self.membership and self.membership.user_id == by.pk):
            raise GuardRefused(_("The second pair of eyes cannot be your own."))
        with transaction.atomic():
            # Two changes at once must not leave the campaign without an owner.
            owners = Campaign.objects.select_for_update().get(pk=self.campaign_id).memberships.filter(role=Role.OWNER)
            if self.membership and not owners.exclude(pk=self.membership.pk).exists():
                raise GuardRefused(_("A campaign keeps at least one owner."))
            if not GuardedChange.objects.filter(pk=self.pk).delete()[0]:
                raise GuardRefused(_("This was decided meanwhile."))
            if self.membership:
                self.membership.delete()
            else:
                Campaign.objects.filter(pk=self.campaign_id).update(two_person=False)
