"""A second person is asked about an alert: who is told when, and the answers other than yes (docs/adr/0003)."""

from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.kinds import Kind, Purpose
from campaigns.models.alert import Alert, Approval, ApprovalRefused
from campaigns.models.alerts.states import AlertState
from campaigns.models.approving.pushes import Occasion, OrganiserPush
from campaigns.models.approving.refusal import REASON_LENGTH, Refusal
from campaigns.models.audit import Act
from campaigns.models.campaign import Role
from campaigns.models.transitions import move

# Whoever did not hear the first call gets a second.
AGAIN_AFTER = timedelta(minutes=3)
# When nobody answered for so long, an owner may send what cannot wait.
ALONE_AFTER = timedelta(minutes=10)
# Then every organiser has so long to stop it.
STOP_WITHIN = timedelta(minutes=5)
RING_AGAIN = timedelta(seconds=5)


class AskingQuerySet(models.QuerySet["Asking"]):
    """What the scheduler does at each tick. Any number of schedulers may: each step is taken once."""

    def open(self, now: datetime) -> "AskingQuerySet":
        """Still to be answered, and in time."""
        return self.filter(alert__state=AlertState.AWAITING, alert__expires_at__gt=now)

    def ring(self, now: datetime) -> list[int]:
        """The keys of those with pushes to be sent now; each is given to one caller, and after 5 s again if need be."""
        self._call_approvers(now)
        with_pushes = Exists(OrganiserPush.objects.due(now).filter(asking=OuterRef("pk")))
        # The last: a clock that was set back must not silence them.
        quiet = Q(rung_at=None) | Q(rung_at__lte=now - RING_AGAIN) | Q(rung_at__gt=now)
        waiting = list(self.filter(with_pushes, quiet).values_list("pk", flat=True))
        return [pk for pk in waiting if self.filter(quiet, pk=pk).update(rung_at=now)]

    def _call_approvers(self, now: datetime) -> None:
        """Makes the pushes of the first call at once, those of the second three minutes after it."""
        step_is_due = Q(calls=0) | Q(calls=1, called_at__lte=now - AGAIN_AFTER)
        for asking in self.open(now).filter(step_is_due).select_related("alert__action"):
            with transaction.atomic():
                # By this table's own columns: after waiting for another's UPDATE, PostgreSQL looks anew at no others.
                mine = self.filter(pk=asking.pk, calls=asking.calls)
                if mine.update(calls=F("calls") + 1, called_at=now, rung_at=None):
                    occasion = Occasion.AGAIN if asking.calls else Occasion.FIRST
                    OrganiserPush.objects.make(asking, asking.approvers(), occasion, now)


class Asking(models.Model):
    """One alert that awaits approval, from the moment it began to. It goes when the alert is a draft again."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="askings")
    began_at = models.DateTimeField()
    calls = models.PositiveSmallIntegerField(default=0)  # of all approvers together: 0, 1 or 2
    called_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)  # when a worker was last told to send

    objects = AskingQuerySet.as_manager()

    class Meta:
        """One at a time."""

        constraints = [models.UniqueConstraint(fields=["alert"], name="asking_once")]

    @property
    def alone_from(self) -> datetime:
        """When an owner may send it alone."""
        return self.began_at + ALONE_AFTER

    def approvers(self) -> list[int]:
        """The keys of those who are asked: owners and approvers other than who scheduled."""
        members = self.alert.action.campaign.memberships.filter(role__in=(Role.OWNER, Role.APPROVER))
        return [pk for pk in members.values_list("user_id", flat=True) if pk != self.alert.scheduled_by_id]

    def refuse(self, by: User, now: datetime, reason: str) -> None:
        """awaiting -> draft, with the reason beside it. Raises ApprovalRefused, IllegalTransition."""
        alert, reason = self.alert, reason.strip()
        if not reason:
            raise ApprovalRefused(_("Say why, so that it can be changed."))
        with transaction.atomic():
            alert.lock_for_second_person(by)
            move(alert, "state", {AlertState.AWAITING}, AlertState.DRAFT, scheduled_digest="")
            Refusal.objects.create(alert=alert, user=by, refused_at=now, reason=reason[:REASON_LENGTH])
            alert.note(Act.REFUSED, by, reason)
            Asking.objects.filter(pk=self.pk).delete()

    def send_alone(self, by: User, now: datetime) -> None:
        """awaiting -> scheduled by one owner, and not sent before every organiser could have stopped it.

        That the owner gave their second factor just now is for the caller to see to.

        Raises ApprovalRefused, IllegalTransition.
        """
        alert, not_before = self.alert, now + STOP_WITHIN
        if alert.action.campaign.role_of(by) != Role.OWNER:
            raise ApprovalRefused(_("Only an owner of the campaign can send it alone."))
        if not is_for_one(alert):
            raise ApprovalRefused(_("Only a solidarity alert or a correction can be sent by one person."))
        if now < self.alone_from:
            raise ApprovalRefused(_("The others have ten minutes to answer first."))
        if alert.expires_at <= not_before:
            raise ApprovalRefused(_("Its window ends before the others could stop it: choose a later end."))
        with transaction.atomic():
            digest = alert.lock_as_seen()
            move(alert, "state", {AlertState.AWAITING}, AlertState.SCHEDULED, not_before=not_before)
            Approval.objects.create(alert=alert, user=by, approved_at=now, digest=digest, alone=True)
            alert.note(Act.SENT_ALONE, by, alert.in_words)
            Asking.objects.filter(pk=self.pk).update(rung_at=None)
            others = alert.action.campaign.memberships.exclude(user=by).values_list("user_id", flat=True)
            OrganiserPush.objects.make(self, list(others), Occasion.ALONE, now)


def is_for_one(alert: Alert) -> bool:
    """Whether one owner may send it at all when nobody answers. News of a ban may correct no alert: none was sent."""
    return alert.action.kind == Kind.SOLIDARITY_ALERT or alert.purpose == Purpose.CORRECTION
