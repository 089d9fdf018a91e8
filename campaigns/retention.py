"""What is deleted once it is no longer needed. The counts stay; what could tie them to a device goes."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from accounts.models import TieCode
from campaigns.models import Action, Participation, Receipt
from campaigns.models.alert import FINAL_STATES
from campaigns.watching import totals
from mobilise.throttles.models import Count

TASKS_KEPT = timedelta(days=1)


def forget(now: datetime) -> None:
    """Deletes all that is over. Safe to run at any time, twice, or half."""
    forget_participations(now)
    Receipt.objects.filter(alert__state__in=FINAL_STATES, alert__expires_at__lt=_days_ago(now)).delete()
    totals.add_up(now)
    totals.delete_old(now)
    TieCode.objects.filter(expires_at__lt=now).delete()
    Count.prune(now)
    DBTaskResult.objects.finished().filter(finished_at__lt=now - TASKS_KEPT).delete()
    # Whoever ran these was killed: nobody will finish them.
    DBTaskResult.objects.running().filter(started_at__lt=now - TASKS_KEPT).delete()


def forget_participations(now: datetime) -> int:
    """RETENTION_DAYS after an action's end: its tokens go, and the key that could make them again. Returns how many."""
    over = Action.objects.filter(ends_at__lt=_days_ago(now), participation_key__isnull=False)
    forgotten = 0
    for action in over:
        with transaction.atomic():
            forgotten += Participation.objects.filter(action=action).delete()[0]
            Action.objects.filter(pk=action.pk).update(participation_key=None)
    return forgotten


def _days_ago(now: datetime) -> datetime:
    return now - timedelta(days=settings.RETENTION_DAYS)
