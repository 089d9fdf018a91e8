"""What contacts came to: one row a contact, and sums by departement that outlast the officials."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.db import models, transaction

from accounts.models import Device
from campaigns.models.outreach.action import Outreach
from campaigns.models.outreach.claims import Claim, ClaimState
from campaigns.models.outreach.officials import ContactRecord, Official, Result
from campaigns.models.transitions import move
from mobilise.counters import increment

# What a sum may be of beside a result: officials in the list.
LISTED = "listed"


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    """Reporting."""

    def report(
        self, claim: Claim, result: str, call_again_on: date | None, now: datetime, *, verified: bool
    ) -> "Outcome":
        """Ends the claim with what the contact came to. Raises IllegalTransition when it was reported or given back."""
        official, today = claim.official, now.astimezone(claim.outreach.zone).date()
        with transaction.atomic():
            move(claim, "state", {ClaimState.ACTIVE, ClaimState.RAN_OUT}, ClaimState.REPORTED, ended_at=now)
            officials = Official.objects
            number, counted = (
                officials.settle(official.pk, result, call_again_on)
                if verified
                else officials.settle_for_now(official.pk, result, call_again_on, today)
            )
            if number or counted:
                OutcomeSum.objects.add(claim.outreach, official.departement, result, number, counted)
            ContactRecord.objects.note(claim.record_id, now, stop=result == Result.STOP, verified=verified)
            return self.create(
                official=official,
                claim=claim,
                result=result,
                call_again_on=call_again_on,
                on=today,
                verified=verified,
            )

    def count_verified(self, device: Device, now: datetime) -> None:
        """The device proved that pushes reach it: its reports count from now on, those of which the claim is known.

        Claims are deleted a day after the call: earlier reports stay as they are.
        """
        for outreach in Outreach.objects.open_at(now):
            claims = Claim.objects.of(outreach, device)
            claims.update(verified=True)
            mine = self.filter(claim__in=claims, verified=False)
            for outcome in mine.select_related("official__outreach").order_by("pk"):
                with transaction.atomic():
                    if self.filter(pk=outcome.pk, verified=False).update(verified=True):
                        outcome.count_in(now)

    def held_stops(self, outreach: Outreach, now: datetime) -> "OutcomeQuerySet":
        """Reports of "stop", of this list, by phones that no push was proved to reach, as long as they hold."""
        reported = self.filter(official__outreach=outreach, result=Result.STOP, verified=False)
        return reported.filter(official__record__stopped=False, official__record__stop_held_until__gt=now)


class Outcome(models.Model):
    """One contact, by the day. Nothing says whose."""

    official = models.ForeignKey(Official, on_delete=models.CASCADE, related_name="outcomes")
    # Until the claim is deleted, a day later: the same report again is known by it.
    claim = models.OneToOneField(Claim, on_delete=models.SET_NULL, null=True, related_name="outcome")
    result = models.CharField(max_length=10, choices=Result)
    call_again_on = models.DateField(null=True)
    on = models.DateField()
    # Whether a push was proved to reach the phone that reported it.
    verified = models.BooleanField(default=False)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        """As they came."""

        ordering = ("pk",)

    def count_in(self, now: datetime) -> None:
        """What was reported by a phone that proved nothing becomes what a verified one reported."""
        official = self.official
        _, counted = Official.objects.settle(official.pk, self.result, self.call_again_on)
        if counted:
            OutcomeSum.objects.add(official.outreach, official.departement, self.result, 0, counted)
        ContactRecord.objects.verify(official.record_id, now, stop=self.result == Result.STOP)


Sums = dict[str, dict[str, int]]


class OutcomeSumQuerySet(models.QuerySet["OutcomeSum"]):
    """Adding to and reading the sums."""

    def add(self, outreach: Outreach, departement: str, what: str, number: int, counted: int) -> None:
        """Adds to one sum, atomically."""
        increment(
            OutcomeSum,
            {"outreach_id": outreach.pk, "departement": departement, "what": what},
            {"number": number, "counted": counted},
        )

    def enlist(self, outreach: Outreach, departement: str, number: int = 1) -> None:
        """So many officials more are in the list."""
        self.add(outreach, departement, LISTED, number, number)

    def of(self, outreaches: Collection[int], what: Collection[str] | None = None) -> dict[int, Sums]:
        """{outreach: {what: {departement: number}}}, of reports the verified ones: what is public. 1 query."""
        return self._read("counted", outreaches, what)

    def reported(self, outreach: Outreach) -> Sums:
        """{what: {departement: number}} of all reports, made-up ones too. 1 query."""
        return self._read("number", [outreach.pk], None)[outreach.pk]

    def _read(self, column: str, outreaches: Collection[int], what: Collection[str] | None) -> dict[int, Sums]:
        rows = (
            self.filter(outreach__in=outreaches)
            if what is None
            else self.filter(outreach__in=outreaches, what__in=what)
        )
        sums: dict[int, Sums] = {pk: defaultdict(dict) for pk in outreaches}
        for pk, key, departement, number in rows.values_list("outreach_id", "what", "departement", column):
            sums[pk][key][departement] = number
        return sums


class OutcomeSum(models.Model):
    """How many officials of a departement are in the list, and how often each result was reported there.

    ``number``: all reports; ``counted``: those of phones that a push was proved to reach, which alone are public.
    """

    outreach = models.ForeignKey(Outreach, on_delete=models.CASCADE, related_name="sums")
    departement = models.CharField(max_length=3)
    what = models.CharField(max_length=10)
    number = models.PositiveIntegerField(default=0)
    counted = models.PositiveIntegerField(default=0)

    objects = OutcomeSumQuerySet.as_manager()

    class Meta:
        """One row each."""

        constraints = [models.UniqueConstraint(fields=["outreach", "departement", "what"], name="outcome_sum_once")]
