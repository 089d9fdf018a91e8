"""What phones reported that no push was proved to reach: it holds for a time, unless an organiser decides before.

Nobody is named: an organiser sees how many, and knows whether so many calls can be.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from campaigns.models import Act, ContactRecord, Official, Outcome, Outreach


def confirm_stops(outreach: Outreach, by: User, shown: int, now: datetime) -> bool:
    """Makes each such "stop" final. False, and nothing is changed, when they are not as many as were ``shown``."""
    with transaction.atomic():
        confirmed = ContactRecord.objects.filter(pk__in=_held_stops(outreach, now)).update(stopped=True)
        if confirmed != shown:
            transaction.set_rollback(True)
            return False
        outreach.note(Act.STOPS_CONFIRMED, by, str(confirmed))
    return True


def release(outreach: Outreach, by: User, now: datetime) -> int:
    """Believes none of it any longer: "stop", "refuses", "has sent". The rest after a contact stays. How many."""
    today = now.astimezone(outreach.zone).date()
    with transaction.atomic():
        officials = Official.objects.filter(outreach=outreach)
        released = officials.held(_held_stops(outreach, now), today).count()
        officials.settled_for_now(today).update(call_again_on=today)
        ContactRecord.objects.filter(pk__in=_held_stops(outreach, now)).update(stop_held_until=now)
        outreach.note(Act.OFFICIALS_RELEASED, by, str(released))
    return released


def _held_stops(outreach: Outreach, now: datetime) -> QuerySet[Outcome, int]:
    return Outcome.objects.held_stops(outreach, now).values_list("official__record", flat=True)
