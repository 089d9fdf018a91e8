"""What contacts came to: one row a contact, and sums by departement that outlast the officials."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime

from django.db import models, transaction

from campaigns.models.outreach.action import Outreach
from campaigns.models.outreach.claims import Claim, ClaimState
from campaigns.models.outreach.officials import SETTLED, ContactRecord, Official, Result
from campaigns.models.transitions import move
from mobilise.counters import increment

# What a sum may be of beside a result: officials in the list.
LISTED = "listed"


class OutcomeQuerySet(models.QuerySet["Outcome"]):
    """Reporting."""

    def report(self, claim: Claim, result: str, call_again_on: date | None, now: datetime) -> "Outcome":
        """Ends the claim with what the contact came to. Raises IllegalTransition when it was reported or given back."""
        official = claim.official
        with transaction.atomic():
            move(claim, "state", {ClaimState.ACTIVE, ClaimState.RAN_OUT}, ClaimState.REPORTED, ended_at=now)
            # A report that comes late, after another caller's, changes nothing of what is settled but for a signature.
            final = (Result.SENT,) if result == Result.SENT else SETTLED
            open_row = Official.objects.filter(pk=official.pk).exclude(standing__in=final)
            if open_row.update(standing=result, call_again_on=call_again_on) or result != Result.SENT:
                OutcomeSum.objects.add(claim.outreach, official.departement, result)
            ContactRecord.objects.note(claim.record_id, now, stop=result == Result.STOP)
            return self.create(
                official=official,
                claim=claim,
                result=result,
                call_again_on=call_again_on,
                on=now.astimezone(claim.outreach.zone).date(),
            )


class Outcome(models.Model):
    """One contact, by the day. Nothing says whose."""

    official = models.ForeignKey(Official, on_delete=models.CASCADE, related_name="outcomes")
    # Until the claim is deleted, a day later: the same report again is known by it.
    claim = models.OneToOneField(Claim, on_delete=models.SET_NULL, null=True, related_name="outcome")
    result = models.CharField(max_length=10, choices=Result)
    call_again_on = models.DateField(null=True)
    on = models.DateField()

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        """As they came."""

        ordering = ("pk",)


Sums = dict[str, dict[str, int]]


class OutcomeSumQuerySet(models.QuerySet["OutcomeSum"]):
    """Adding to and reading the sums."""

    def add(self, outreach: Outreach, departement: str, what: str, number: int = 1) -> None:
        """Adds to one sum, atomically."""
        increment(
            OutcomeSum,
            {"outreach_id": outreach.pk, "departement": departement, "what": what},
            {"number": number},
        )

    def of(self, outreaches: Collection[int], what: Collection[str] | None = None) -> dict[int, Sums]:
        """{outreach: {what: {departement: number}}}. 1 query."""
        rows = (
            self.filter(outreach__in=outreaches)
            if what is None
            else self.filter(outreach__in=outreaches, what__in=what)
        )
        sums: dict[int, Sums] = {pk: defaultdict(dict) for pk in outreaches}
        for pk, key, departement, number in rows.values_list("outreach_id", "what", "departement", "number"):
            sums[pk][key][departement] = number
        return sums


class OutcomeSum(models.Model):
    """How many officials of a departement are in the list, and how often each result was reported there."""

    outreach = models.ForeignKey(Outreach, on_delete=models.CASCADE, related_name="sums")
    departement = models.CharField(max_length=3)
    what = models.CharField(max_length=10)
    number = models.PositiveIntegerField(default=0)

    objects = OutcomeSumQuerySet.as_manager()

    class Meta:
        """One row each."""

        constraints = [models.UniqueConstraint(fields=["outreach", "departement", "what"], name="outcome_sum_once")]
