"""An alert: one push message of an action, and its life as a state machine (docs/adr/0003)."""

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.kinds import Purpose, Urgency, default_urgency
from campaigns.models.action import Action, ActionState
from campaigns.models.transitions import IllegalTransition, move
from mobilise.fields import TranslatedField


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


class Audience(models.TextChoices):
    """Who gets an alert, among the followers who want its kind."""

    FOLLOWERS = "followers", _("followers of the campaign who want this kind")
    JOINED = "joined", _("those who joined the action")
    NOT_JOINED = "not_joined", _("those who have not joined yet")


class ApprovalRefused(Exception):
    """This person cannot approve this alert; the message says why."""


class AlertQuerySet(models.QuerySet["Alert"]):
    """Moving many alerts, and finding those that need something."""

    def due(self, now: datetime) -> "AlertQuerySet":
        """Scheduled, and their minute has come."""
        return self.alive().filter(state=AlertState.SCHEDULED, send_at__lte=now, expires_at__gt=now)

    def alive(self) -> "AlertQuerySet":
        """Of actions and campaigns that people can see: nobody's phone rings for a page that is not there."""
        return self.filter(action__state=ActionState.PUBLISHED, action__campaign__published=True)

    def in_flight(self) -> "AlertQuerySet":
        """Being sent."""
        return self.alive().filter(state=AlertState.SENDING)

    def expire(self, now: datetime) -> int:
        """What is past its window becomes expired: nothing of it is sent any more."""
        over = self.filter(state__in=(AlertState.SCHEDULED, AlertState.SENDING, AlertState.PAUSED), expires_at__lte=now)
        return over.update(state=AlertState.EXPIRED, finished_at=now)

    def cancel_all(self, now: datetime) -> int:
        """Cancels all that are not final."""
        return self.filter(state__in=CANCELLABLE).update(state=AlertState.CANCELLED, finished_at=now)


class Alert(models.Model):
    """One push message: text, audience, send window, urgency."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="alerts")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose, default=Purpose.ANNOUNCEMENT)
    title = TranslatedField(_("title"), max_length=60)
    body = TranslatedField(_("text"), max_length=180, multiline=True)
    audience = models.CharField(_("who gets it"), max_length=10, choices=Audience, default=Audience.FOLLOWERS)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, blank=True)
    send_at = models.DateTimeField(_("send at"))
    expires_at = models.DateTimeField(_("useful until"), help_text=_("Nothing is sent after this moment."))
    state = models.CharField(_("state"), max_length=10, choices=AlertState, default=AlertState.DRAFT, editable=False)
    corrects = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="corrections", editable=False
    )
    scheduled_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    # What was scheduled, to the letter: sending refuses anything else.
    scheduled_digest = models.CharField(max_length=64, blank=True, editable=False)
    last_device = models.BigIntegerField(null=True, editable=False)
    audience_size = models.PositiveIntegerField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = AlertQuerySet.as_manager()

    class Meta:
        """Along the time line. The index is what the scheduler's tick reads."""

        ordering = ("send_at", "pk")
        indexes = [models.Index(fields=["state", "send_at"], name="alert_state_send_at")]
        constraints = [models.CheckConstraint(name="alert_window", condition=Q(expires_at__gt=F("send_at")))]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")

    def __str__(self) -> str:
        return self.title.get(self.action.campaign.main_language) or next(iter(self.title.values()), "")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Fills in the urgency of its kind and purpose."""
        if not self.urgency:
            self.urgency = default_urgency(self.action.kind, self.purpose)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """The window has a length."""
        super().clean()
        if self.send_at and self.expires_at and self.expires_at <= self.send_at:
            raise ValidationError({"expires_at": _("This must be after the moment of sending.")})

    # ---- what it is

    @property
    def tag(self) -> UUID:
        """What notifications of it replace each other by: a correction has that of the alert it corrects."""
        return self.corrects.tag if self.corrects else self.uuid

    @property
    def is_final(self) -> bool:
        """Nothing happens to it any more."""
        return self.state in FINAL_STATES

    @property
    def is_editable(self) -> bool:
        """Its text, audience and window may still change."""
        return self.state in (AlertState.DRAFT, AlertState.AWAITING, AlertState.SCHEDULED)

    @property
    def digest(self) -> str:
        """SHA-256 of text, audience and window: an approval is of exactly this."""
        window = [self.send_at.timestamp(), self.expires_at.timestamp()]
        content = [self.title, self.body, self.audience, self.urgency, window]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    # ---- its life

    def schedule(self, by: User, now: datetime, *, needs_approval: bool) -> None:
        """draft -> awaiting | scheduled.

        ``needs_approval`` is what rules.needs_approval says of it. Raises ValidationError when its window is over
        or its action is not published, IllegalTransition when it is no draft.
        """
        if self.expires_at <= now:
            raise ValidationError(_("Its window is over: choose a later end."), code="window")
        if not Alert.objects.filter(pk=self.pk).alive().exists():
            raise ValidationError(_("Publish the action and its campaign first."), code="unpublished")
        target = AlertState.AWAITING if needs_approval else AlertState.SCHEDULED
        move(self, "state", {AlertState.DRAFT}, target, scheduled_by=by, scheduled_digest=self.digest)

    def approve(self, by: User, now: datetime) -> None:
        """awaiting -> scheduled, by a second person. Raises ApprovalRefused, IllegalTransition."""
        membership = self.action.campaign.memberships.filter(user=by).first()
        if membership is None or not membership.may_approve:
            raise ApprovalRefused(_("Only an owner or an approver of the campaign can approve."))
        if self.expires_at <= now:
            raise ApprovalRefused(_("Its window is over."))
        with transaction.atomic():
            fresh = Alert.objects.select_for_update().get(pk=self.pk)
            if fresh.scheduled_by_id == by.pk:
                raise ApprovalRefused(_("The second pair of eyes cannot be your own."))
            if fresh.digest != self.digest or fresh.digest != fresh.scheduled_digest:
                raise ApprovalRefused(_("It was changed meanwhile: look at it again."))
            move(self, "state", {AlertState.AWAITING}, AlertState.SCHEDULED)
            Approval.objects.create(alert=self, user=by, approved_at=now, digest=fresh.digest)

    def return_to_draft(self) -> None:
        """awaiting | scheduled -> draft: its approvals are void. Raises IllegalTransition."""
        with transaction.atomic():
            move(self, "state", {AlertState.AWAITING, AlertState.SCHEDULED}, AlertState.DRAFT, scheduled_digest="")
            self.approvals.all().delete()

    def begin_sending(self, now: datetime, *, last_device: int, audience_size: int) -> None:
        """scheduled -> sending, with the audience closed at ``last_device``. Raises IllegalTransition.

        A row that is no longer what was scheduled does not leave.
        """
        if self.digest != self.scheduled_digest:
            raise IllegalTransition(self, "state", AlertState.SENDING)
        closed = {"started_at": now, "last_device": last_device, "audience_size": audience_size}
        as_read = {"scheduled_digest": self.scheduled_digest, "send_at": self.send_at}
        move(self, "state", {AlertState.SCHEDULED}, AlertState.SENDING, where=as_read, **closed)

    def pause(self) -> None:
        """sending -> paused. Raises IllegalTransition."""
        move(self, "state", {AlertState.SENDING}, AlertState.PAUSED)

    def resume(self) -> None:
        """paused -> sending. Raises IllegalTransition."""
        move(self, "state", {AlertState.PAUSED}, AlertState.SENDING)

    def cancel(self, now: datetime) -> None:
        """Anything but a final state -> cancelled. Raises IllegalTransition."""
        move(self, "state", CANCELLABLE, AlertState.CANCELLED, finished_at=now)

    def correct(
        self, *, title: dict[str, str], body: dict[str, str], send_at: datetime, expires_at: datetime
    ) -> "Alert":
        """A correction of this alert, as a draft. Raises IllegalTransition when nobody can have had this one."""
        if self.started_at is None:
            raise IllegalTransition(self, "state", Purpose.CORRECTION)
        return Alert.objects.create(
            action=self.action,
            corrects=self,
            purpose=Purpose.CORRECTION,
            audience=Audience.FOLLOWERS,
            title=title,
            body=body,
            send_at=send_at,
            expires_at=expires_at,
        )


class Approval(models.Model):
    """One person's yes to exactly what was scheduled."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="approvals")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    approved_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
