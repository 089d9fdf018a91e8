"""Which official is called next."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from campaigns.models import Claim, Official, Outreach, Result
from campaigns.models.outreach.officials import BETWEEN_CONTACTS, MOST_CONTACTS, SETTLED
from campaigns.models.outreach.outcomes import LISTED
from campaigns.rules.outreach.goal import counts_of
from campaigns.rules.outreach.hours import is_office_hour

# Several callers at once look at the same ones: who loses the first takes the next.
AT_ONCE = 20


def days_to_call_again(outreach: Outreach, contacts: int, now: datetime) -> tuple[date, date] | None:
    """The first and the last day that "call again on" may name, after so many ``contacts`` before this one.

    Not within the days of rest, not after the deadline; None when nobody would call again.
    """
    # From the first full day on, so that the hour of the last contact does not matter.
    first = (now + BETWEEN_CONTACTS).astimezone(outreach.zone).date() + timedelta(days=1)
    last = outreach.ends_at.astimezone(outreach.zone).date()
    return (first, last) if first <= last and contacts + 1 < MOST_CONTACTS else None


def candidates(
    outreach: Outreach, sums: Mapping[str, Mapping[str, int]], own: str, now: datetime, *, verified: bool
) -> Iterator[list[int]]:
    """Officials (ids) that may be called now, some at a time, the most useful first.

    Who asked to be called again and is due; then who was never called, those of the caller's ``own`` departement first;
    then the others. A departement that is full is left out, as is one whose offices are closed now.

    None for a phone that no push was proved to reach (not ``verified``), when all of these together keep their share;
    and those who asked to be called again come after the new ones: a made-up phone would lose them first.
    """
    open_now = _departements(outreach, sums, now)
    listed = Official.objects.filter(outreach=outreach, departement__in=open_now)
    today, held = now.astimezone(outreach.zone).date(), Claim.objects.running(now).filter(record=OuterRef("record"))
    free = listed.contactable(now, today).filter(~Exists(held)).order_by("lot")
    if not verified:
        kept = _kept_by_unverified(outreach, open_now, now, today)
        # As many are left to phones that a push reaches, however many are made up. In no order: no list is sorted.
        if free.order_by()[: kept + 1].count() <= kept:
            return
    due, fresh = free.filter(standing=Result.CALL_AGAIN), free.filter(standing="")
    if verified:
        yield _some(due)
    if own in open_now:
        yield _some(fresh.filter(departement=own))
    yield _some(fresh)
    if not verified:
        yield _some(due)
    yield _some(free.filter(standing__in=(Result.NO_ANSWER, Result.HESITATES, Result.PROMISES)))
    # What phones said that proved nothing is asked again, last of all.
    yield _some(free.filter(standing__in=SETTLED))


def _kept_by_unverified(outreach: Outreach, departements: Collection[str], now: datetime, today: date) -> int:
    """How many officials phones that proved nothing keep, by calling them now or by what they reported."""
    calling = Claim.objects.running(now).filter(
        verified=False, record__officials__outreach=outreach, record__officials__departement__in=departements
    )
    reported = Official.objects.filter(outreach=outreach, departement__in=departements)
    return calling.count() + reported.kept_by_unverified(now, today).count()


def _departements(outreach: Outreach, sums: Mapping[str, Mapping[str, int]], now: datetime) -> list[str]:
    counts = counts_of(outreach, sums)
    return [
        departement
        for departement in sums.get(LISTED, {})
        if counts.get(departement, 0) < outreach.departement_cap and is_office_hour(departement, outreach.zone, now)
    ]


def _some(officials: QuerySet[Official]) -> list[int]:
    return list(officials.values_list("pk", flat=True)[:AT_ONCE])
