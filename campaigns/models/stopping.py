"""Stop everything: for the minute in which nobody knows whether their own people are still the ones at work."""

from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.models.alert import Alert
from campaigns.models.audit import Act, AuditEntry
from campaigns.models.campaign import Campaign
from campaigns.models.organiser_invitation import OrganiserInvitation


@dataclass(frozen=True, slots=True)
class Stopped:
    """How many alerts are paused, how many are drafts again, how many other organisers were signed out."""

    paused: int
    taken_back: int
    signed_out: int


def stop_everything(campaigns: "models.QuerySet[Campaign]", by: User) -> Stopped:
    """Stops all sending of these campaigns, ends every session of their organisers, those of ``by`` too, and revokes
    all invitations of organisers: a thief may have invited themselves.

    The session in which it was asked for has to be renewed (update_session_auth_hash). Twice does no harm.
    """
    paused = taken_back = 0
    with transaction.atomic():
        organisers = User.objects.filter(memberships__campaign__in=campaigns).distinct()
        others = list(organisers.exclude(pk=by.pk).order_by("username"))
        for campaign in campaigns:
            drafts, halted = Alert.objects.filter(action__campaign=campaign).stop_all(by)
            paused, taken_back = paused + halted, taken_back + drafts
            text = _("Paused: %(paused)d. Back to draft: %(drafts)d.") % {"paused": halted, "drafts": drafts}
            for invitation in OrganiserInvitation.objects.filter(campaign=campaign):
                invitation.revoke(by)
            AuditEntry.objects.note(Act.STOPPED_EVERYTHING, campaign=campaign, by=by, text=text)
        User.objects.sign_out([by, *others])
    by.refresh_from_db(fields=["session_epoch"])
    return Stopped(paused, taken_back, len(others))
