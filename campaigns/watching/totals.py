"""How often push services gave which answer, ever: a number that does not shrink when rows are deleted."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet, Sum

from campaigns.models import Counted, DeliveryTally, RunningTotal
from campaigns.watching.labels import answer_label, host_label

# By then nobody adds to a row any more, whatever the clocks of several machines say.
TOTAL_AFTER = timedelta(minutes=10)
# For the charts of the admin.
TALLIES_KEPT = timedelta(days=30)
AT_ONCE = 5_000

Answers = Counter[tuple[str, str]]


def read_answers() -> Answers:
    """{(host's label, answer's label): number}, in one statement: adding up meanwhile counts nothing twice."""
    fresh = DeliveryTally.objects.filter(totalled=False).order_by().values_list("host", "answer")
    kept = RunningTotal.objects.filter(name=Counted.ANSWERS).order_by().values_list("host", "answer")
    rows = fresh.annotate(number=Sum("count")).union(kept.annotate(number=F("count")), all=True)
    return _sum(rows)


def add_up(now: datetime) -> int:
    """Adds what is old enough to the running totals, once. Returns how many rows. Safe to run twice, or half."""
    rows = DeliveryTally.objects.filter(totalled=False, at__lt=now - TOTAL_AFTER)
    done = 0
    while True:
        with transaction.atomic():
            ids = list(rows.select_for_update().values_list("pk", flat=True)[:AT_ONCE])
            batch = DeliveryTally.objects.filter(pk__in=ids)
            sums = batch.order_by().values_list("host", "answer").annotate(number=Sum("count"))
            RunningTotal.objects.add_answers(_sum(sums))
            batch.update(totalled=True)
        done += len(ids)
        if len(ids) < AT_ONCE:
            return done


def over(now: datetime) -> "QuerySet[DeliveryTally]":
    """Answers that no chart needs any more, and that are in the running totals."""
    return DeliveryTally.objects.filter(totalled=True, at__lt=now - TALLIES_KEPT)


def _sum(rows: Iterable[tuple[str, str, int]]) -> Answers:
    sums: Answers = Counter()
    for host, answer, number in rows:
        sums[host_label(host), answer_label(answer)] += number
    return sums
