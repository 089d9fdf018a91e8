"""Many callers at once: nobody is called by two, nobody calls two, nothing is counted twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from campaigns.models import Claim, ClaimState, ContactRecord, IllegalTransition, OfficialImport, Outcome, OutcomeSum
from campaigns.outreach import calling
from campaigns.outreach.importing.work import work_on
from tests.make import make_campaign, make_device, make_official, make_outreach, make_user

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
LASTS = {"starts_at": MONDAY - timedelta(days=1), "ends_at": MONDAY + timedelta(days=30)}


def at_once(*works: Callable[[], object]) -> list[object]:
    """What they give, run in threads, each with a connection of its own; a refusal is what was raised."""

    def one(work: Callable[[], object]) -> object:
        try:
            return work()
        except (calling.NoneFree, calling.AlreadyReported, IllegalTransition) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, works))


def taking(outreach, device):
    return lambda: calling.take(outreach, device, verified=True, now=MONDAY)[0]


def test_two_devices_never_get_the_same_official():
    outreach = make_outreach(**LASTS)
    for _ in range(12):
        make_official(outreach)
    devices = [make_device() for _ in range(18)]

    taken = at_once(*[taking(outreach, device) for device in devices])

    officials = [claim.official_id for claim in taken if isinstance(claim, Claim)]
    assert len(officials) == len(set(officials)) == 12
    assert sum(isinstance(one, calling.NoneFree) for one in taken) == 6


def test_two_campaigns_never_call_the_same_person_at_once():
    first, second = make_outreach(**LASTS), make_outreach(make_campaign(), **LASTS)
    for number in range(4):
        for outreach in (first, second):
            make_official(outreach, name=f"Élue Inventée {number}", commune="Ville-Fictive")

    taken = at_once(*[taking(outreach, make_device()) for outreach in (first, second) * 6])

    records = [claim.record_id for claim in taken if isinstance(claim, Claim)]
    assert len(records) == len(set(records)) == ContactRecord.objects.count() == 4


def test_one_device_never_gets_two():
    outreach, device = make_outreach(**LASTS), make_device()
    for _ in range(5):
        make_official(outreach)

    taken = at_once(*[taking(outreach, device)] * 8)

    assert len({claim.pk for claim in taken}) == 1
    assert Claim.objects.filter(state=ClaimState.ACTIVE).count() == 1


def test_a_report_that_comes_twice_at_once_counts_once():
    outreach, device = make_outreach(**LASTS), make_device()
    official = make_official(outreach, "75")
    claim = taking(outreach, device)()

    def report(result):
        mine = Claim.objects.select_related("official", "outreach").get(pk=claim.pk)
        return lambda: calling.report(mine, device, result, None, verified=True, now=MONDAY)

    at_once(*[report("sent") for _ in range(6)], report("refuses"))

    assert Outcome.objects.count() == 1
    assert ContactRecord.objects.get(pk=official.record_id).contacts == 1
    sums = OutcomeSum.objects.of([outreach.pk])[outreach.pk]
    assert sum(sum(numbers.values()) for what, numbers in sums.items() if what != "listed") == 1


def test_two_workers_that_hear_of_one_list_store_it_once():
    outreach = make_outreach()
    lines = "".join(f"Élue Inventée {n};Ville {n};67;0388000000\n" for n in range(2_500))
    batch, _ = OfficialImport.objects.begin(outreach, f"Nom;Commune;Dép;Tél\n{lines}".encode(), MONDAY)

    at_once(*[lambda: work_on(batch.pk)] * 4)
    batch.refresh_from_db()
    assert (batch.state, batch.good, batch.parts.count()) == ("checked", 2_500, 3)
    batch.confirm(make_user(), with_doubtful=False)
    at_once(*[lambda: work_on(batch.pk)] * 4)

    batch.refresh_from_db()
    assert (batch.state, batch.stored_rows, outreach.officials.count()) == ("stored", 2_500, 2_500)
    assert OutcomeSum.objects.of([outreach.pk])[outreach.pk]["listed"] == {"67": 2_500}


def test_a_call_whose_phone_is_verified_twice_at_once_counts_once():
    outreach, device = make_outreach(**LASTS), make_device()
    official = make_official(outreach, "75")
    claim = taking(outreach, device)()
    calling.report(claim, device, "sent", None, verified=False, now=MONDAY)

    at_once(*[lambda: Outcome.objects.count_verified(device, MONDAY)] * 4)

    sums = OutcomeSum.objects
    assert sums.of([outreach.pk])[outreach.pk]["sent"] == sums.reported(outreach)["sent"] == {"75": 1}
    assert ContactRecord.objects.get(pk=official.record_id).unverified_contacts == 0
