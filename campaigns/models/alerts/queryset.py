"""Moving many alerts at once, and finding those that need something."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import models, transaction
from django.db.models import Q

from accounts.models import User
from campaigns.kinds import Kind, Purpose
from campaigns.models.action import ActionState
from campaigns.models.alerts.states import CANCELLABLE, AlertState
from campaigns.models.declaration import Declaration
from campaigns.models.transitions import IllegalTransition

if TYPE_CHECKING:
    from campaigns.models.alert import Alert

# People would be led to something forbidden. Only corrections are sent.
FORBIDDEN = Q(action__rallycall__declaration=Declaration.BANNED) & ~Q(purpose=Purpose.CORRECTION)
# Of what is cancelled, whoever had an alert may be told.
OF_WHAT_LASTS = Q(action__state=ActionState.PUBLISHED) | Q(action__state=ActionState.CANCELLED, corrects__isnull=False)

UNFINISHED = (AlertState.SCHEDULED, AlertState.SENDING, AlertState.PAUSED)


class Held(NamedTuple):
    """The alerts that are drafts again, and those that stopped in the middle."""

    drafts: list["Alert"]
    paused: list["Alert"]


class AlertQuerySet(models.QuerySet["Alert"]):
    """Moving many alerts, and finding those that need something."""

    def due(self, now: datetime) -> "AlertQuerySet":
        """Scheduled, and their minute has come."""
        waited = Q(not_before=None) | Q(not_before__lte=now)
        return self.alive().filter(waited, state=AlertState.SCHEDULED, send_at__lte=now, expires_at__gt=now)

    def alive(self) -> "AlertQuerySet":
        """Of actions and campaigns that people can see, not of banned rallies: nobody's phone rings in vain."""
        return self.filter(OF_WHAT_LASTS, action__campaign__published=True).exclude(FORBIDDEN)

    def forbidden(self) -> "AlertQuerySet":
        """Of banned rallies, and no corrections."""
        return self.filter(FORBIDDEN)

    def in_flight(self) -> "AlertQuerySet":
        """Being sent."""
        return self.alive().filter(state=AlertState.SENDING)

    def taking_a_place(self, campaign_id: int, since: datetime, until: datetime) -> "AlertQuerySet":
        """Of those that the day's cap counts: sent, or to be sent, from ``since`` until before ``until``."""
        stays = Q(state__in=(AlertState.AWAITING, AlertState.SCHEDULED)) | Q(started_at__isnull=False)
        counted = self.filter(stays, action__campaign_id=campaign_id)
        counted = counted.exclude(purpose=Purpose.CORRECTION).exclude(action__kind=Kind.SOLIDARITY_ALERT)
        return counted.filter(send_at__gte=since, send_at__lt=until)

    def unfinished_states(self) -> set[str]:
        """Those in which alerts wait for their minute, or for the rest to be sent, right now."""
        return set(self.filter(state__in=UNFINISHED).order_by().values_list("state", flat=True).distinct())

    def expire(self, now: datetime) -> int:
        """What is past its window becomes expired: nothing of it is sent any more."""
        over = self.filter(state__in=UNFINISHED, expires_at__lte=now)
        return over.update(state=AlertState.EXPIRED, finished_at=now)

    def hold(self, by: User | None = None) -> Held:
        """What waits to be sent becomes a draft, its approvals void; what is being sent is paused."""
        drafts, paused = [], []
        with transaction.atomic():
            for alert in self.select_related("action").select_for_update(of=("self",)):
                if alert.state in (AlertState.AWAITING, AlertState.SCHEDULED):
                    alert.return_to_draft(by)
                    drafts.append(alert)
                elif alert.state == AlertState.SENDING:
                    alert.pause(by)
                    paused.append(alert)
        return Held(drafts, paused)

    def cancel_all(self, now: datetime) -> int:
        """Cancels all that are not final."""
        return self.filter(state__in=CANCELLABLE).update(state=AlertState.CANCELLED, finished_at=now)

    def stop_all(self, by: User) -> tuple[int, int]:
        """Nothing of these starts or goes on: (how many are drafts again, how many are paused).

        First what has not begun: whatever begins in between is then found being sent.
        """
        waiting = self.filter(state__in=(AlertState.AWAITING, AlertState.SCHEDULED)).select_related("action__campaign")
        drafts = sum(_was_done(alert.return_to_draft, by) for alert in waiting)
        sending = self.filter(state=AlertState.SENDING).select_related("action__campaign")
        return drafts, sum(_was_done(alert.pause, by) for alert in sending)


def _was_done(act: Callable[[User], None], by: User) -> bool:
    """False when the alert had moved on by itself meanwhile."""
    try:
        act(by)
    except IllegalTransition:
        return False
    return True
