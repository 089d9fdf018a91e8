"""Taking an official, reporting, giving back; each with the caller's part in the action."""

from datetime import date, datetime, timedelta

from django.db import transaction

from accounts.models import Device, Subscription
from campaigns.models import (
    Claim,
    IllegalTransition,
    Outcome,
    OutcomeSum,
    Outreach,
    Participation,
    Result,
    Stage,
)
from campaigns.models.outreach.claims import UNREPORTED
from campaigns.models.outreach.outcomes import LISTED
from campaigns.rules.outreach import candidates, office_window, rest_until

A_DAY = timedelta(days=1)


class OutsideOfficeHours(Exception):
    """Nobody in the list may be called now."""


class NoneFree(Exception):
    """Everybody who may be called now is being called, or was."""


class HoldsAnother(Exception):
    """The device calls somebody in another action: one at a time."""


class AlreadyReported(Exception):
    """The call was reported with another result."""


class HasToRest(Exception):
    """The device took one after the other and reported nothing."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__()


def take(outreach: Outreach, device: Device, *, verified: bool, now: datetime) -> tuple[Claim, bool]:
    """The official that the device calls next, and whether it was taken just now; the same again while it holds one.

    Raises HoldsAnother, OutsideOfficeHours, NoneFree, HasToRest.
    """
    Claim.objects.sweep(now)
    held = Claim.objects.of(outreach, device).running(now).first()
    if held is not None:
        return held, False
    others = Outreach.objects.exclude(pk=outreach.pk).open_at(now)
    if any(Claim.objects.of(other, device).running(now).exists() for other in others):
        raise HoldsAnother
    resting = resting_until(outreach, device, now)
    if resting is not None:
        raise HasToRest(resting)
    sums = OutcomeSum.objects.of([outreach.pk], [LISTED, Result.SENT])[outreach.pk]
    if not office_window(sums.get(LISTED, {}), outreach.zone, now).holds(now):
        raise OutsideOfficeHours
    until = min(now + timedelta(hours=outreach.claim_hours), outreach.ends_at)
    for some in candidates(outreach, sums, device.departement, now, verified=verified):
        with transaction.atomic():
            claim = Claim.objects.take(outreach, device, some, now=now, until=until, verified=verified)
            if claim is not None:
                _take_part(outreach, device, Stage.JOINED, verified=verified, now=now)
                return claim, True
    raise NoneFree


def report(
    claim: Claim, device: Device, result: str, call_again_on: date | None, *, verified: bool, now: datetime
) -> Outcome:
    """Notes what the call came to. The same again is the same. Raises AlreadyReported, IllegalTransition."""
    try:
        with transaction.atomic():
            outcome = Outcome.objects.report(claim, result, call_again_on, now, verified=verified)
            _take_part(claim.outreach, device, Stage.DONE, verified=verified, now=now)
    except IllegalTransition:
        earlier = Outcome.objects.filter(claim=claim).first()
        if earlier is None:
            raise
        if (earlier.result, earlier.call_again_on) != (result, call_again_on):
            raise AlreadyReported from None
        return earlier
    if not verified and Subscription.objects.filter(device=device, verified_on__isnull=False).exists():
        # Pushes were proved to reach it meanwhile: its reports were counted before this one was there.
        Outcome.objects.count_verified(device, now)
    return outcome


def resting_until(outreach: Outreach, device: Device, now: datetime) -> datetime | None:
    """When the device may take one again; None: now."""
    ended = Claim.objects.of(outreach, device).filter(state__in=UNREPORTED, ended_at__gt=now - A_DAY)
    until = rest_until([at for at in ended.values_list("ended_at", flat=True) if at])
    return until if until is not None and now < until else None


def _take_part(outreach: Outreach, device: Device, stage: Stage, *, verified: bool, now: datetime) -> None:
    """Joined with the first call, done with the first report; never back."""
    part = Participation.objects.of(outreach, device)
    if stage == Stage.DONE or part is None:
        Participation.objects.take_part(outreach, device, stage, None, verified=verified, now=now)
