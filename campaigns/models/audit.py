"""The audit log: which organiser did what to which campaign when, with the text of what was sent. Never an activist."""

from collections.abc import Callable

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models.campaign import Campaign
from mobilise.fields import EncryptedTextField
from mobilise.sealed import SealedModel, SealedQuerySet


class Act(models.TextChoices):
    """What is noted. A new act is one line here: the column knows no choices, so it needs no migration."""

    CAMPAIGN_MADE = "campaign_made", _("made the campaign")
    CAMPAIGN_CHANGED = "campaign_changed", _("changed the campaign")
    SILENCE_CHANGED = "silence_changed", _("changed the silence periods")
    INVITED = "invited", _("invited an organiser")
    LINK_REPLACED = "link_replaced", _("replaced a campaign's link")
    INVITATION_MADE = "invitation_made", _("made an invitation for followers")
    INVITATION_REVOKED = "invitation_revoked", _("revoked an invitation")
    MEMBER_ADDED = "member_added", _("added an organiser")
    MEMBER_REMOVED = "member_removed", _("removed an organiser")
    ROLE_CHANGED = "role_changed", _("changed a role")
    GUARDED_PROPOSED = "guarded_proposed", _("proposed a guarded change")
    GUARDED_TAKEN_BACK = "guarded_taken_back", _("took a guarded change back")
    GUARDED_REFUSED = "guarded_refused", _("refused a guarded change")
    GUARDED_CONFIRMED = "guarded_confirmed", _("confirmed a guarded change")
    STOPPED_EVERYTHING = "stopped_everything", _("stopped everything")
    ACTION_MADE = "action_made", _("made an action")
    ACTION_CHANGED = "action_changed", _("changed an action")
    ACTION_DELETED = "action_deleted", _("deleted a draft of an action")
    PUBLISHED = "published", _("published an action")
    HASHTAG_WITHDRAWN = "hashtag_withdrawn", _("withdrew a hashtag")
    ACTION_CANCELLED = "action_cancelled", _("cancelled an action")
    SCHEDULED = "scheduled", _("scheduled an alert")
    APPROVAL_ASKED = "approval_asked", _("asked for an alert's approval")
    APPROVED = "approved", _("approved an alert")
    REFUSED = "refused", _("refused an alert")
    SENT_ALONE = "sent_alone", _("sent an alert alone")
    ONE_WAS_ENOUGH = "one_was_enough", _("sent an alert to so few devices that one person was enough")
    RETURNED_TO_DRAFT = "returned_to_draft", _("took an alert back to draft")
    SENDING_BEGAN = "sending_began", _("began sending an alert")
    PAUSED = "paused", _("paused an alert")
    RESUMED = "resumed", _("resumed an alert")
    CANCELLED = "cancelled", _("cancelled an alert")
    ALERT_DELETED = "alert_deleted", _("deleted the draft of an alert")
    CORRECTED = "corrected", _("corrected an alert")
    HOST_RESUMED = "host_resumed", _("resumed a push service")
    PERSON_MOVED = "person_moved", _("changed a person's status")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("removed a name: consent withdrawn")
    CASE_CONFIRMED = "case_confirmed", _("confirmed a case")
    DECLARATION_CHANGED = "declaration_changed", _("changed a rally's declaration")
    NOTE_WRITTEN = "note_written", _("wrote a live note")
    NOTE_TAKEN_BACK = "note_taken_back", _("took a live note back")
    FIGURE_ADDED = "figure_added", _("typed a figure in")
    FIGURE_CHANGED = "figure_changed", _("changed a figure")
    FIGURE_REMOVED = "figure_removed", _("removed a figure")
    IMPORTED = "imported", _("imported a file")
    OFFICIALS_REMOVED = "officials_removed", _("removed officials from a list")
    STOPS_CONFIRMED = "stops_confirmed", _("made “stop” final for officials")
    OFFICIALS_RELEASED = "officials_released", _("released officials whom unconfirmed calls held")
    EXPORTED = "exported", _("exported figures")
    BURST_SEEN = "burst_seen", _("noticed very many taps from one network address")


class AuditQuerySet(SealedQuerySet["AuditEntry"]):
    """Noting, and forgetting what is old. Everything else that writes is refused."""

    def note(
        self, act: Act, *, campaign: Campaign | int, by: User | None, about: object = "", text: str = ""
    ) -> "AuditEntry":
        """Notes an act, inside the transaction that does it.

        ``campaign``: the row or its key. ``by``: None when the site itself acted. ``about``: the row acted on, as it
        calls itself. ``text``: what was sent, or what changed. Nothing of it may say anything of an activist.
        """
        key = campaign if isinstance(campaign, int) else campaign.pk
        actor = by.get_username() if by else ""
        return self.create(campaign_id=key, act=Act(act), actor=actor, about=str(about), text=text)

    def take_out(self, campaign: Campaign | int, rewrite: Callable[[str], str]) -> None:
        """Rewrites what is noted of a campaign where ``rewrite`` changes it: a name must go, the act stays."""
        everything = self.unsealed()
        for entry in everything.filter(campaign=campaign).iterator():
            about, text = rewrite(entry.about), rewrite(entry.text)
            if (about, text) != (entry.about, entry.text):
                everything.filter(pk=entry.pk).update(about=about, text=text)


class AuditEntry(SealedModel):
    """One act. Who did it and what it was about are encrypted; when, and which kind of act, is how it is looked up."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="audit_entries")
    at = models.DateTimeField(default=timezone.now)
    act = models.CharField(max_length=30)
    # The name as it was then: accounts are renamed and deleted. Empty: the site itself.
    actor = EncryptedTextField()
    about = EncryptedTextField()
    text = EncryptedTextField()

    objects = AuditQuerySet.as_manager()

    class Meta:
        """The latest first. The first index is what the page reads, the second what is purged."""

        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["campaign", "at"], name="audit_campaign_at"),
            models.Index(fields=["at"], name="audit_at"),
        ]
        verbose_name = _("entry of the audit log")
        verbose_name_plural = _("audit log")

    def __str__(self) -> str:
        return self.act_in_words

    @property
    def act_in_words(self) -> str:
        """What was done; an act that this version does not know any more, as it is stored."""
        return str(Act(self.act).label) if self.act in Act.values else self.act
