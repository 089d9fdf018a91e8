"""Whether the whole house can do its work, part by part, in words that anybody may read."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, connection
from django.db.models import Min
from django.db.models.functions import Coalesce, Greatest

from campaigns.models import Alert, Batch, Canary, DeliveryTally, Heartbeat, PendingDelivery
from campaigns.models.heartbeat import RETRIES, SCHEDULER
from campaigns.watching import clock, outside
from campaigns.watching.canaries import NO_SUBSCRIPTION, PATIENCE, named_canaries, period

# A tick takes fractions of a second; another scheduler takes over from a dead one within seconds.
MOST_WITHOUT_TICK = timedelta(seconds=20)
# An alert begins within a second; a correction waits for the leases of what it corrects.
MOST_LATE = timedelta(seconds=90)
# An idle worker hears its doorbell again after 5 s, and a dead one's lease runs out after 30.
MOST_UNSENT = timedelta(seconds=90)
# The web server answers before the scheduler has ticked for the first time.
GRACE_SECONDS = 30.0

_started = time.monotonic()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the house: does it work, and what there is to say of it."""

    name: str
    works: bool
    words: str

    def __str__(self) -> str:
        return f"{self.name}: {self.words}"


def look(now: datetime) -> list[Part]:
    """All parts that there are. Without its database the house knows nothing of the others."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts = [Part("database", True, "ok")]
        for check in _CHECKS:
            parts += check(now)
    except Error:
        return [Part("database", False, "does not answer")]
    return parts


def _clock(now: datetime) -> Iterator[Part]:
    apart = clock.seconds_apart()
    if abs(apart) > clock.MOST_APART:
        yield Part("clock", False, clock.complaint(apart))


def _outside(now: datetime) -> Iterator[Part]:
    for name, url, probe in (
        ("broker", outside.broker_url(), outside.broker),
        ("cache", settings.CACHE_URL, outside.cache),
    ):
        if url:
            answers = probe.answers()
            yield Part(name, answers, "ok" if answers else "does not answer")


def _scheduler(now: datetime) -> Iterator[Part]:
    heard = Heartbeat.objects.heard(SCHEDULER)
    if heard is not None and now - heard <= MOST_WITHOUT_TICK:
        yield Part("scheduler", True, f"last tick {_seconds(now - heard)} ago")
    elif time.monotonic() - _started < GRACE_SECONDS:
        yield Part("scheduler", True, "starting")
    elif heard is None:
        yield Part("scheduler", False, "has never ticked")
    else:
        yield Part("scheduler", False, f"last tick {_seconds(now - heard)} ago")


def _alerts(now: datetime) -> Iterator[Part]:
    # One that its sender let wait, for others to stop it, was due when that was over.
    minute = Greatest("send_at", Coalesce("not_before", "send_at"))
    due = Alert.objects.due(now).aggregate(oldest=Min(minute))["oldest"]
    if due is not None:
        yield Part("alerts", now - due <= MOST_LATE, f"the oldest that is due waits for {_seconds(now - due)}")
        return
    begun = Alert.objects.in_flight().aggregate(oldest=Min(minute))["oldest"]
    still = f"; one that was due {_seconds(now - begun)} ago is still being sent" if begun else ""
    yield Part("alerts", True, f"none is late{still}")


def _sending(now: datetime) -> Iterator[Part]:
    """Whether somebody works on what is being sent, and on what of it was put off."""
    if _nobody_sends(now):
        yield Part("workers", False, "an alert waits to be sent, and nobody sends")
    elif _nobody_tries_again(now):
        yield Part("workers", False, "what was put off waits to be sent, and nobody sends it")
    else:
        yield Part("workers", True, "nothing waits for them")


def _nobody_sends(now: datetime) -> bool:
    """Free batches, and nobody who took or finished one lately."""
    old = Alert.objects.in_flight().filter(started_at__lte=now - MOST_UNSENT)
    waiting = Batch.objects.claimable(now).filter(alert__in=old)
    idle = waiting.exists() and not Batch.objects.held(now).exists()
    return idle and not DeliveryTally.objects.filter(totalled=False, at__gte=now - MOST_UNSENT).exists()


def _nobody_tries_again(now: datetime) -> bool:
    """Postponed deliveries that were due long ago, and no lane that was sent lately or is being sent.

    Not the answers that came in: those of the alert's batches hide a worker that is missing.
    """
    due = PendingDelivery.objects.filter(alert__in=Alert.objects.in_flight(), not_before__lte=now - MOST_UNSENT)
    if not due.due(now).exists():
        return False
    heard = Heartbeat.objects.heard(RETRIES)
    if heard is not None and abs(now - heard) <= MOST_UNSENT:
        return False
    return not PendingDelivery.objects.held(now).exists()


def _canaries(now: datetime) -> Iterator[Part]:
    rows = Canary.objects.in_bulk()
    for number, device in enumerate(named_canaries(), start=1):
        canary = rows.get(device) if device else None
        yield _canary(f"canary {number}", device, canary, now)


def _canary(name: str, device: int | None, canary: Canary | None, now: datetime) -> Part:
    if device is None:
        return Part(name, False, "there is no such device")
    if canary is None:
        return Part(name, True, "no receipt yet")
    works = canary.silent_for(now) <= PATIENCE * period()
    heard = f"last receipt {_seconds(now - canary.received_at)} ago" if canary.received_at else "no receipt yet"
    return Part(name, works, heard if works else heard + _what_was_said(canary.answer))


def _what_was_said(answer: str) -> str:
    if answer == NO_SUBSCRIPTION:
        return "; alerts are off there"
    return f"; the push service's answer: {answer}" if answer else "; nothing was sent, or is being sent now"


def _seconds(span: timedelta) -> str:
    return f"{max(round(span.total_seconds()), 0)} s"


_CHECKS: tuple[Callable[[datetime], Iterator[Part]], ...] = (_clock, _outside, _scheduler, _alerts, _sending, _canaries)
