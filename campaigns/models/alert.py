"""An alert: one push message of an action, and its life as a state machine (docs/adr/0003)."""

import hashlib
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.kinds import Purpose, Urgency, default_urgency
from campaigns.models.action import Action
from campaigns.models.alerts.audience import AddressedAlert, Audience
from campaigns.models.alerts.limits import HeldBack, refuse_beyond_limits, refuse_rest_in_silence
from campaigns.models.alerts.queryset import AlertQuerySet
from campaigns.models.alerts.states import CANCELLABLE, FINAL_STATES, AlertState
from campaigns.models.alerts.timing import TimedAlert
from campaigns.models.audit import Act, AuditEntry
from campaigns.models.transitions import IllegalTransition, move
from mobilise.fields import TranslatedField


class ApprovalRefused(Exception):
    """This person cannot approve this alert; the message says why."""


class Alert(TimedAlert, AddressedAlert):
    """One push message: text, audience, send window, urgency."""

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="alerts")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose, default=Purpose.ANNOUNCEMENT)
    title = TranslatedField(_("title"), max_length=60)
    body = TranslatedField(_("text"), max_length=180, multiline=True)
    urgency = models.CharField(_("urgency"), max_length=8, choices=Urgency, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=AlertState, default=AlertState.DRAFT, editable=False)
    corrects = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="corrections", editable=False
    )
    scheduled_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    # What was scheduled, to the letter: sending refuses anything else.
    scheduled_digest = models.CharField(max_length=64, blank=True, editable=False)
    held_back = models.CharField(max_length=8, choices=HeldBack, blank=True, editable=False)
    # Until then whoever organises can stop what one owner sends alone.
    not_before = models.DateTimeField(null=True, editable=False)
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

    def is_planned(self, now: datetime) -> bool:
        """Whether it is a draft of the plan, of use still; a correction is a decision of its own."""
        return self.state == AlertState.DRAFT and self.expires_at > now and self.purpose != Purpose.CORRECTION

    @property
    def is_editable(self) -> bool:
        """Its text, audience and window may still change."""
        return self.state in (AlertState.DRAFT, AlertState.AWAITING, AlertState.SCHEDULED)

    @property
    def in_words(self) -> str:
        """All that it says, language after language, for the audit log."""
        languages = dict.fromkeys([*self.title, *self.body])
        return "\n\n".join(
            f"({code}) {self.title.get(code, '')}\n{self.body.get(code, '')}".rstrip() for code in languages
        )

    @property
    def leaves_at(self) -> datetime:
        """When it is sent at the earliest, once it is scheduled."""
        return max(self.send_at, self.not_before or self.send_at)

    @cached_property
    def counted_at(self) -> int | None:
        """The batch that holds the counts of all of its batches, once it has begun; None when each holds its own.

        By part, the counts of a few followers in a row would say whether these took part.
        """
        return self.batches.order_by("pk").values_list("pk", flat=True).first() if self.is_by_part else None

    @property
    def digest(self) -> str:
        """SHA-256 of text, audience, window and plan: an approval is of exactly this."""
        window = [self.send_at.timestamp(), self.expires_at.timestamp()]
        content: list[Any] = [self.title, self.body, self.audience, self.urgency, window]
        # Only where there is something: what was scheduled before there were plans is still what was scheduled.
        if self.is_relative:
            content.append([self.anchor, self.offset.total_seconds()])
        if self.departements:
            content.append(self.departements)
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    # ---- its life

    def schedule(self, by: User, now: datetime, *, needs_approval: bool) -> None:
        """draft -> awaiting | scheduled.

        ``needs_approval`` is what rules.needs_approval says of it. Raises ValidationError when its window is over
        or its action is not published or a banned rally, its day is full or its campaign keeps silence;
        IllegalTransition when it is no draft.
        """
        if self.expires_at <= now:
            raise ValidationError(_("Its window is over: choose a later end."), code="window")
        self._refuse_if_forbidden()
        if not Alert.objects.filter(pk=self.pk).alive().exists():
            raise ValidationError(_("Publish the action and its campaign first."), code="unpublished")
        target = AlertState.AWAITING if needs_approval else AlertState.SCHEDULED
        act = Act.APPROVAL_ASKED if needs_approval else Act.SCHEDULED
        values = {"scheduled_by": by, "scheduled_digest": self.digest, "held_back": ""}
        with transaction.atomic():
            refuse_beyond_limits(self)
            self._become(target, {AlertState.DRAFT}, act, by, self.in_words, **values)
            self.askings.all().delete()
            if needs_approval:
                self.askings.create(began_at=now)

    def approve(self, by: User, now: datetime) -> None:
        """awaiting -> scheduled, by a second person. Raises ApprovalRefused, IllegalTransition."""
        if self.expires_at <= now:
            raise ApprovalRefused(_("Its window is over."))
        with transaction.atomic():
            digest = self.lock_for_second_person(by)
            move(self, "state", {AlertState.AWAITING}, AlertState.SCHEDULED)
            Approval.objects.create(alert=self, user=by, approved_at=now, digest=digest)
            self.note(Act.APPROVED, by, self.in_words)

    def lock_for_second_person(self, by: User) -> str:
        """As lock_as_seen, for the answer of an owner or approver other than who scheduled. Raises ApprovalRefused."""
        membership = self.action.campaign.memberships.filter(user=by).first()
        if membership is None or not membership.may_approve:
            raise ApprovalRefused(_("Only an owner or an approver of the campaign can approve."))
        if self.scheduled_by_id == by.pk:
            raise ApprovalRefused(_("The second pair of eyes cannot be your own."))
        return self.lock_as_seen()

    def lock_as_seen(self) -> str:
        """Locks the stored row, inside a transaction. Its digest; ApprovalRefused when it is not what this row is."""
        fresh = Alert.objects.select_for_update().get(pk=self.pk)
        is_same = fresh.digest == self.digest and fresh.scheduled_by_id == self.scheduled_by_id
        if not is_same or fresh.digest != fresh.scheduled_digest:
            raise ApprovalRefused(_("It was changed meanwhile: look at it again."))
        return fresh.digest

    def return_to_draft(self, by: User | None = None, *, held_back: str = "") -> None:
        """awaiting | scheduled -> draft: its approvals are void, nobody is asked any more. Raises IllegalTransition.

        ``held_back``: why it does not leave although its minute has come.
        """
        sources, act = {AlertState.AWAITING, AlertState.SCHEDULED}, Act.RETURNED_TO_DRAFT
        void: dict[str, Any] = {"scheduled_digest": "", "not_before": None, "held_back": held_back}
        with transaction.atomic():
            self._become(AlertState.DRAFT, sources, act, by, **void)
            self.approvals.all().delete()
            self.askings.all().delete()

    def begin_sending(self, now: datetime, *, last_device: int, audience_size: int) -> None:
        """scheduled -> sending, with the audience closed at ``last_device``. Raises IllegalTransition.

        A row that is no longer what was scheduled does not leave.
        """
        if self.digest != self.scheduled_digest or (self.not_before and self.not_before > now):
            raise IllegalTransition(self, "state", AlertState.SENDING)
        closed: dict[str, Any] = {"started_at": now, "last_device": last_device, "audience_size": audience_size}
        closed["told_start"] = self.told_start or self.action.starts_at
        as_read = {"scheduled_digest": self.scheduled_digest, "send_at": self.send_at, "not_before": self.not_before}
        act, text = Act.SENDING_BEGAN, self.in_words
        self._become(AlertState.SENDING, {AlertState.SCHEDULED}, act, None, text, where=as_read, **closed)

    def pause(self, by: User | None = None) -> None:
        """sending -> paused. Raises IllegalTransition."""
        self._become(AlertState.PAUSED, {AlertState.SENDING}, Act.PAUSED, by)

    def resume(self, by: User | None = None) -> None:
        """paused -> sending. Raises IllegalTransition, and ValidationError for a banned rally or a silence."""
        self._refuse_if_forbidden()
        with transaction.atomic():
            refuse_rest_in_silence(self, timezone.now())
            self._become(AlertState.SENDING, {AlertState.PAUSED}, Act.RESUMED, by)

    def _refuse_if_forbidden(self) -> None:
        if Alert.objects.filter(pk=self.pk).forbidden().exists():
            raise ValidationError(_("The rally is banned: only a correction may be sent."), code="banned")

    def cancel(self, now: datetime, by: User | None = None) -> None:
        """Anything but a final state -> cancelled. Raises IllegalTransition."""
        self._become(AlertState.CANCELLED, CANCELLABLE, Act.CANCELLED, by, finished_at=now)

    def correct(
        self,
        *,
        title: dict[str, str],
        body: dict[str, str],
        send_at: datetime,
        expires_at: datetime,
        by: User | None = None,
    ) -> "Alert":
        """A correction of this alert, as a draft. Raises IllegalTransition when nobody can have had this one."""
        if self.started_at is None:
            raise IllegalTransition(self, "state", Purpose.CORRECTION)
        with transaction.atomic():
            self.note(Act.CORRECTED, by)
            return Alert.objects.create(
                action=self.action,
                corrects=self,
                purpose=Purpose.CORRECTION,
                audience=Audience.FOLLOWERS,
                departements=self.departements,
                told_start=self.action.starts_at,
                title=title,
                body=body,
                send_at=send_at,
                expires_at=expires_at,
            )

    def note(self, act: Act, by: User | None, text: str = "") -> None:
        """Notes what was done to it in the campaign's audit log; ``by`` None: the site itself did it."""
        about, text = self.action.without_names(str(self), text)
        AuditEntry.objects.note(act, campaign=self.action.campaign_id, by=by, about=about, text=text)

    def _become(
        self, target: str, sources: Collection[str], act: Act, by: User | None, text: str = "", **also: Any
    ) -> None:
        """Moves on and notes it, both or neither. ``also`` as in transitions.move. Raises IllegalTransition."""
        with transaction.atomic():
            move(self, "state", sources, target, **also)
            self.note(act, by, text)


class Approval(models.Model):
    """One person's yes to exactly what was scheduled: a second person's, or an owner's alone."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="approvals")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    approved_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    alone = models.BooleanField(default=False)
