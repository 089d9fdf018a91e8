"""The rules of retention. docs/privacy.md says the same for people; tests/test_privacy_page.py holds both together.

A rule finds what is due, and deletes it unless it has a way of its own. The counts always stay.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailConfirmation
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from django_tasks_db.models import DBTaskResult

from accounts.models import Device, SiteEntry, Subscription, TieCode, TransferCode
from campaigns.models import (
    Action,
    Asking,
    AuditEntry,
    Claim,
    ClaimState,
    ContactRecord,
    Invitation,
    LiveNote,
    Official,
    OfficialImport,
    OrganiserInvitation,
    Participation,
    PendingDelivery,
    Person,
    Receipt,
    Refusal,
    WithheldName,
)
from campaigns.models.alerts.states import FINAL_STATES
from campaigns.models.batch import free
from campaigns.models.outreach.imports import KEPT as IMPORTS_KEPT
from campaigns.models.outreach.officials import CONTACTS_KEPT
from campaigns.retention.ways import delete, erase_devices, forget_key, forget_name, forget_nonce, give_up
from campaigns.watching import totals
from mobilise.throttles.models import Count, DayKey, Remembered

CLAIMS_KEPT = timedelta(days=1)
TASKS_KEPT = timedelta(days=1)

Find = Callable[[datetime], QuerySet[Any]]
Forget = Callable[[QuerySet[Any]], int]


@dataclass(frozen=True, slots=True)
class Rule:
    """``what`` goes ``when``: both in words, for the command that says what it would delete."""

    what: str
    when: str
    find: Find
    forget: Forget = delete


def after_days(now: datetime) -> datetime:
    """What ended before this moment has had its RETENTION_DAYS."""
    return now - timedelta(days=settings.RETENTION_DAYS)


def rules() -> Iterator[Rule]:
    """All of them, in the order in which they run: what others hang on comes last."""
    yield from _of_actions()
    yield from _of_outreach()
    yield from _of_alerts_and_cases()
    yield from _of_logs()
    yield from _of_codes_and_invitations()
    yield from _of_machinery()
    yield from _of_phones()


def _of_actions() -> Iterator[Rule]:
    after_end = f"{settings.RETENTION_DAYS} days after the action's end"
    yield Rule(
        "alerts by who took part that still wait for a phone",
        after_end,
        lambda now: PendingDelivery.objects.filter(
            free(now), token__isnull=False, alert__action__ends_at__lt=after_days(now)
        ),
        give_up,
    )
    yield Rule(
        "tokens of participations",
        after_end,
        lambda now: Participation.objects.filter(action__ends_at__lt=after_days(now)),
    )
    yield Rule(
        "keys of actions' tokens",
        after_end,
        lambda now: Action.objects.filter(ends_at__lt=after_days(now), participation_key__isnull=False),
        forget_key,
    )
    yield Rule("live notes", after_end, lambda now: LiveNote.objects.filter(action__ends_at__lt=after_days(now)))


def _of_outreach() -> Iterator[Rule]:
    yield Rule(
        "uploaded lists of officials",
        "a day after the upload",
        lambda now: OfficialImport.objects.filter(
            Q(created_at__lt=now - IMPORTS_KEPT) | Q(outreach__ends_at__lt=after_days(now))
        ),
    )
    yield Rule(
        "who calls which official",
        "a day after the call, at the latest with the officials",
        lambda now: Claim.objects.filter(
            Q(outreach__ends_at__lt=after_days(now)) | (~Q(state=ClaimState.ACTIVE) & Q(ended_at__lt=now - CLAIMS_KEPT))
        ),
    )
    yield Rule(
        "officials and what they answered",
        f"{settings.RETENTION_DAYS} days after the deadline",
        lambda now: Official.objects.filter(outreach__ends_at__lt=after_days(now)),
    )
    yield Rule(
        "that officials were contacted, under a keyed digest; not that one said “stop”",
        f"{CONTACTS_KEPT.days} days after the last contact, once no list names them",
        lambda now: ContactRecord.objects.forgettable(now),
    )


def _of_alerts_and_cases() -> Iterator[Rule]:
    after_alert = f"{settings.RETENTION_DAYS} days after the alert's window"
    yield Rule(
        "nonces of receipts",
        after_alert,
        lambda now: Receipt.objects.filter(alert__state__in=FINAL_STATES, alert__expires_at__lt=after_days(now)),
    )
    yield Rule(
        "who was asked for approval on which phone",
        after_alert,
        lambda now: Asking.objects.filter(alert__expires_at__lt=after_days(now)),
    )
    yield Rule(
        "who refused an alert and why",
        after_alert,
        lambda now: Refusal.objects.filter(alert__expires_at__lt=after_days(now)),
    )
    yield Rule(
        "names of persons, and how their consent was given",
        f"{settings.RETENTION_DAYS} days after the case's end",
        lambda now: Person.objects.filter(alert_case__ends_at__lt=after_days(now), consented_on__isnull=False),
        forget_name,
    )
    yield Rule(
        "traces of withdrawn names",
        f"{settings.RETENTION_DAYS} days after the case's end",
        lambda now: WithheldName.objects.filter(case__ends_at__lt=after_days(now)),
    )


def _of_logs() -> Iterator[Rule]:
    yield Rule(
        "entries of the audit log",
        f"after {settings.AUDIT_DAYS} days",
        lambda now: AuditEntry.objects.noted_before(_days_before(now, settings.AUDIT_DAYS)),
    )
    yield Rule(
        "entries of the site's log",
        f"after {settings.AUDIT_DAYS} days",
        lambda now: SiteEntry.objects.noted_before(_days_before(now, settings.AUDIT_DAYS)),
    )
    yield Rule(
        "entries of the admin's own log",
        f"after {settings.AUDIT_DAYS} days",
        lambda now: LogEntry.objects.filter(action_time__lt=_days_before(now, settings.AUDIT_DAYS)),
    )


def _of_codes_and_invitations() -> Iterator[Rule]:
    yield Rule(
        "invitations of activists",
        f"{settings.RETENTION_DAYS} days after they ran out",
        lambda now: Invitation.objects.filter(expires_at__lt=after_days(now)),
    )
    yield Rule(
        "invitations of organisers",
        "when they ran out",
        lambda now: OrganiserInvitation.objects.filter(expires_at__lt=now),
    )
    yield Rule("codes that tie a phone", "when they ran out", lambda now: TieCode.objects.filter(expires_at__lt=now))
    yield Rule(
        "codes that move a phone", "when they ran out", lambda now: TransferCode.objects.filter(expires_at__lt=now)
    )


def _of_machinery() -> Iterator[Rule]:
    yield Rule(
        "what was pushed to prove that alerts arrive, and was not answered",
        "when it ran out",
        lambda now: Subscription.objects.filter(nonce_expires_at__lt=now),
        forget_nonce,
    )
    yield Rule("counts of the limits", "when their window is over", Count.over)
    yield Rule("counts of signing in", "when their time is over", Remembered.over)
    yield Rule("the days' keys of those counts", "after two days", DayKey.over)
    yield Rule(
        "answers of push services, by the minute",
        f"after {totals.TALLIES_KEPT.days} days; their sums stay",
        totals.over,
    )
    yield Rule("sessions of organisers", "when they ran out", lambda now: Session.objects.filter(expire_date__lt=now))
    yield Rule(
        "confirmations of e-mail addresses",
        f"after {settings.RETENTION_DAYS} days",
        lambda now: EmailConfirmation.objects.filter(created__lt=after_days(now)),
    )
    yield Rule(
        "finished tasks with their errors, and those that nobody will finish",
        "after a day",
        lambda now: DBTaskResult.objects.filter(
            Q(finished_at__lt=now - TASKS_KEPT) | Q(finished_at__isnull=True, started_at__lt=now - TASKS_KEPT)
        ),
    )


def _of_phones() -> Iterator[Rule]:
    yield Rule(
        "phones with their follows, consents and subscriptions",
        f"after {settings.DEVICE_DAYS} days in which they did not open the app",
        lambda now: Device.objects.filter(last_seen__lt=_days_before(now, settings.DEVICE_DAYS).date()),
        erase_devices,
    )


def _days_before(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)
