"""Taking officials out of a list whom nobody has called. What is over goes by campaigns.retention. Sums stay."""

from django.db import transaction
from django.db.models import Count, QuerySet

from accounts.models import User
from campaigns.models import Act, Official, OutcomeSum, Outreach
from campaigns.models.outreach.outcomes import LISTED

AT_ONCE = 2_000


def remove_uncalled(outreach: Outreach, by: User) -> int:
    """Takes everybody whom nobody has called or calls out of the list. Returns how many."""
    removed = _delete(Official.objects.filter(outreach=outreach, claims__isnull=True, outcomes__isnull=True))
    left = Official.objects.filter(outreach=outreach).values_list("departement").annotate(Count("pk")).order_by()
    with transaction.atomic():
        OutcomeSum.objects.filter(outreach=outreach, what=LISTED).delete()
        for departement, number in left:
            OutcomeSum.objects.enlist(outreach, departement, number)
        outreach.note(Act.OFFICIALS_REMOVED, by, str(removed))
    return removed


def _delete(officials: QuerySet[Official]) -> int:
    """Some at a time: others write meanwhile."""
    deleted = 0
    while some := list(officials.values_list("pk", flat=True)[:AT_ONCE]):
        deleted += Official.objects.filter(pk__in=some).delete()[1].get("campaigns.Official", 0)
    return deleted
