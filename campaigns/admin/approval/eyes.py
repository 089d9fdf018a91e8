"""What organisers are told of an alert's second pair of eyes: who was asked, who refused why, until when to stop it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from accounts.organiser_views import tied_devices_of
from campaigns.models import (
    Alert,
    AlertState,
    Approval,
    Asking,
    Membership,
    Occasion,
    OrganiserPush,
    Refusal,
    Role,
)
from campaigns.models.approving.asking import is_for_one


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked by push so far, and how many could answer at all."""

    asking: Asking
    people: int
    phones: int
    approvers: int

    @property
    def without_phone(self) -> int:
        """Approvers whom no push reaches."""
        return max(self.approvers - self.people, 0)


@dataclass(frozen=True, slots=True)
class Eyes:
    """Of one alert, for one organiser."""

    asked: Asked | None = None
    refusal: Refusal | None = None
    alone: Approval | None = None
    stop_until: datetime | None = None
    may_answer: bool = False
    may_send_alone: bool = False
    lacks_phone: bool = False

    @property
    def alone_now(self) -> bool:
        """The others had their time to answer."""
        return self.may_send_alone and self.asked is not None and self.asked.asking.alone_from <= timezone.now()


NOTHING = Eyes()


def eyes_of(alerts: Iterable[Alert], mine: Membership | None) -> dict[int, Eyes]:
    """{alert id: what there is to say}; alerts of one campaign. At most six statements, one when nothing waits."""
    now = timezone.now()
    alerts = [alert for alert in alerts if alert.is_editable]
    asked = _asked([alert for alert in alerts if alert.state == AlertState.AWAITING], mine)
    refusals = _refusals([alert.pk for alert in alerts if alert.state != AlertState.SCHEDULED])
    held = [alert for alert in alerts if alert.state == AlertState.SCHEDULED and (alert.not_before or now) > now]
    alone = _alone([alert.pk for alert in held])
    lacks_phone = bool(asked) and mine is not None and not has_phone(mine)
    return {
        alert.pk: Eyes(
            asked=asked.get(alert.pk),
            refusal=refusals.get(alert.pk),
            alone=alone.get(alert.pk),
            stop_until=alert.leaves_at if alert in held else None,
            may_answer=may_answer(alert, mine),
            may_send_alone=_may_send_alone(alert, mine),
            lacks_phone=lacks_phone,
        )
        for alert in alerts
    }


def may_answer(alert: Alert, mine: Membership | None) -> bool:
    """For showing the buttons; the model decides."""
    return mine is not None and mine.may_approve and alert.scheduled_by_id != mine.user_id


def has_phone(mine: Membership) -> bool:
    """Whether a push can reach this organiser."""
    return any(tie.subscribed for tie in tied_devices_of(mine.user))  # type: ignore[attr-defined]  # annotated there


def _may_send_alone(alert: Alert, mine: Membership | None) -> bool:
    """Whoever may approve has no need to; the model decides."""
    is_owner = mine is not None and mine.role == Role.OWNER and alert.scheduled_by_id == mine.user_id
    return is_owner and alert.state == AlertState.AWAITING and is_for_one(alert)


def _asked(alerts: Collection[Alert], mine: Membership | None) -> dict[int, Asked]:
    if not alerts or mine is None:
        return {}
    calls = OrganiserPush.objects.filter(asking__alert__in=alerts).exclude(occasion=Occasion.ALONE)
    counts = {
        row["asking_id"]: (row["people"], row["phones"])
        for row in calls.values("asking_id").annotate(
            people=Count("user", distinct=True), phones=Count("device", distinct=True)
        )
    }
    members = Membership.objects.filter(campaign_id=mine.campaign_id, role__in=(Role.OWNER, Role.APPROVER))
    able = set(members.values_list("user_id", flat=True))
    authors = {alert.pk: alert.scheduled_by_id for alert in alerts}
    return {
        asking.alert_id: Asked(asking, *counts.get(asking.pk, (0, 0)), len(able - {authors[asking.alert_id]}))
        for asking in Asking.objects.filter(alert__in=alerts)
    }


def _refusals(ids: Collection[int]) -> dict[int, Refusal]:
    """The latest of each."""
    rows = Refusal.objects.filter(alert__in=ids).select_related("user") if ids else []
    return {row.alert_id: row for row in rows}


def _alone(ids: Collection[int]) -> dict[int, Approval]:
    rows = Approval.objects.filter(alert__in=ids, alone=True).select_related("user") if ids else []
    return {row.alert_id: row for row in rows}
