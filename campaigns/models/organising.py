"""An organiser's role changes or ends: an owner is always left, and in two-person mode a second pair of eyes."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.models.audit import Act, AuditEntry
from campaigns.models.campaign import Campaign, Membership, Role
from campaigns.models.guard import APPROVING, GuardedChange, GuardRefused


def change_role(membership: Membership, role: str, by: User) -> GuardedChange | None:
    """Gives an organiser another role. The change that waits for a second person, or None when it is done.

    Raises GuardRefused: only owners, never the last owner, no approver demoted in two-person mode.
    """
    with transaction.atomic():
        campaign = _locked(membership, by)
        gains = role in APPROVING and not membership.may_approve
        if membership.role == Role.OWNER and role != Role.OWNER:
            _keep_an_owner(campaign, membership)
        if campaign.two_person and membership.may_approve and role not in APPROVING:
            text = _("In two-person mode an approver is not demoted: remove them, which a second person confirms.")
            raise GuardRefused(text)
        if campaign.two_person and gains:
            return GuardedChange.objects.propose(campaign, by, membership, role)
        if membership.role != role:
            membership.role = role
            membership.save(update_fields=["role"])
            GuardedChange.objects.drop_orphans(campaign)
            AuditEntry.objects.note(Act.ROLE_CHANGED, campaign=campaign, by=by, about=membership)
    return None


def remove_organiser(membership: Membership, by: User) -> GuardedChange | None:
    """Ends an organiser's part. The change that waits for a second person, or None when it is done.

    Raises GuardRefused: only owners, never the last owner.
    """
    with transaction.atomic():
        campaign = _locked(membership, by)
        if membership.role == Role.OWNER:
            _keep_an_owner(campaign, membership)
        if campaign.two_person and membership.may_approve:
            return GuardedChange.objects.propose(campaign, by, membership)
        AuditEntry.objects.note(Act.MEMBER_REMOVED, campaign=campaign, by=by, about=membership)
        membership.delete()
        GuardedChange.objects.drop_orphans(campaign)
    return None


def _locked(membership: Membership, by: User) -> Campaign:
    """The campaign as it is stored, held until the end: two changes at once must not leave it without an owner."""
    campaign = Campaign.objects.select_for_update().get(pk=membership.campaign_id)
    if campaign.role_of(by) != Role.OWNER:
        raise GuardRefused(_("Only an owner can change who organises."))
    membership.refresh_from_db(fields=["role"])
    return campaign


def _keep_an_owner(campaign: Campaign, leaving: Membership) -> None:
    if not campaign.memberships.filter(role=Role.OWNER).exclude(pk=leaving.pk).exists():
        raise GuardRefused(_("A campaign keeps at least one owner."))
