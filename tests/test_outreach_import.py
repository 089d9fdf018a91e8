"""A list of officials on its way in: once, whoever is killed; nothing before it is confirmed, nothing left after."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import IllegalTransition, ImportState, Official, OfficialImport, OutcomeSum, StagedPart
from campaigns.models.outreach.imports import LEASE
from campaigns.outreach.importing import checking
from campaigns.outreach.importing.work import work_on
from campaigns.retention import forget
from tests.make import make_campaign, make_outreach, make_user

pytestmark = pytest.mark.django_db
HEADINGS = "Nom;Fonction;Commune;Département;Téléphone;Courriel\r\n"


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Files of a few rows have several parts."""
    monkeypatch.setattr(checking, "PART", 10)


def a_file(rows: int = 25, *, bad: int = 0, mobile: int = 0) -> bytes:
    lines = [
        f"Élue Inventée {n};Maire;Commune {n};{n % 95 + 1 if n % 95 != 19 else 1:02};0388000000;" for n in range(rows)
    ]
    lines += [f"Sans Téléphone {n};Maire;Commune {n};67;;" for n in range(bad)]
    lines += [f"Portable {n};Maire;Commune {n};67;0600000000;" for n in range(mobile)]
    return (HEADINGS + "\r\n".join(lines)).encode("cp1252")


def begin(content: bytes, outreach=None) -> OfficialImport:
    batch, _ = OfficialImport.objects.begin(outreach or make_outreach(), content, timezone.now())
    return batch


def figures(batch: OfficialImport):
    batch.refresh_from_db()
    return batch.state, batch.rows, batch.done, batch.good, batch.doubtful, batch.bad, batch.known


def test_it_checks_and_stores_nothing():
    batch = begin(a_file(25, bad=3, mobile=2))
    assert work_on(batch.pk) == "done"
    assert figures(batch) == ("checked", 30, 30, 25, 2, 3, 0)
    assert (Official.objects.count(), batch.content) == (0, None)
    problems = [problem for part in batch.parts.all() for problem in part.problems]
    assert problems[0] == [27, "phone", "no_contact", None]
    assert len(problems) == 5


@pytest.mark.parametrize(("with_doubtful", "stored"), [(False, 25), (True, 27)])
def test_it_stores_what_was_confirmed(with_doubtful, stored):
    batch = begin(a_file(25, bad=3, mobile=2))
    work_on(batch.pk)
    batch.refresh_from_db()
    batch.confirm(make_user(), with_doubtful=with_doubtful)
    assert work_on(batch.pk) == "done"
    batch.refresh_from_db()
    assert (batch.state, batch.stored_rows, Official.objects.count()) == ("stored", stored, stored)
    listed = OutcomeSum.objects.of([batch.outreach_id])[batch.outreach_id]["listed"]
    assert sum(listed.values()) == stored
    assert not StagedPart.objects.exclude(rows_sealed=None).exists()


def test_it_goes_on_where_a_killed_worker_left_off(monkeypatch):
    batch = begin(a_file(45))
    stage = checking._stage

    def killed_at_the_third(batch, number, *rest):
        if number == 2:
            raise KeyboardInterrupt
        return stage(batch, number, *rest)

    monkeypatch.setattr(checking, "_stage", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        work_on(batch.pk)
    monkeypatch.setattr(checking, "_stage", stage)
    assert work_on(batch.pk) == "nothing to do"
    assert OfficialImport.objects.ring(timezone.now() + timedelta(seconds=1)) == []

    later = timezone.now() + LEASE + timedelta(seconds=1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert OfficialImport.objects.ring(later) == [batch.pk]
    assert OfficialImport.objects.ring(later) == []
    assert work_on(batch.pk) == "done"
    assert figures(batch) == ("checked", 45, 45, 45, 0, 0, 0)
    assert sum(len(part.rows) for part in batch.parts.all()) == 45


def test_a_worker_that_comes_back_late_stores_nothing_twice():
    batch = begin(a_file(25))
    work_on(batch.pk)
    batch.refresh_from_db()
    batch.confirm(make_user(), with_doubtful=False)
    late = OfficialImport.objects.claim(batch.pk, timezone.now())
    OfficialImport.objects.filter(pk=batch.pk).update(lease_until=None)
    assert work_on(batch.pk) == "done"

    from_late = late.advance(timezone.now(), done=1)

    assert from_late is False
    assert Official.objects.count() == 25


def test_a_second_file_waits_for_the_first():
    outreach = make_outreach()
    first = begin(a_file(), outreach)
    same, new = OfficialImport.objects.begin(outreach, a_file(3), timezone.now())
    assert (same.pk, new) == (first.pk, False)


def test_confirming_twice_stores_once():
    batch = begin(a_file())
    work_on(batch.pk)
    batch.refresh_from_db()
    batch.confirm(make_user(), with_doubtful=False)
    with pytest.raises(IllegalTransition):
        batch.confirm(make_user(), with_doubtful=True)


def test_the_same_list_again_adds_nobody():
    outreach = make_outreach()
    for _ in range(2):
        batch = begin(a_file(25), outreach)
        work_on(batch.pk)
        batch.refresh_from_db()
        batch.confirm(make_user(), with_doubtful=False)
        work_on(batch.pk)
    batch.refresh_from_db()
    assert (batch.known, batch.stored_rows, Official.objects.count()) == (25, 0, 25)
    assert sum(OutcomeSum.objects.of([outreach.pk])[outreach.pk]["listed"].values()) == 25


def test_two_campaigns_share_what_is_remembered_and_nothing_else():
    first, second = make_outreach(), make_outreach(make_campaign())
    for outreach in (first, second):
        batch = begin(a_file(5), outreach)
        work_on(batch.pk)
        batch.refresh_from_db()
        # Whether another campaign has them too is not told.
        assert (batch.good, batch.known) == (5, 0)
        batch.confirm(make_user(), with_doubtful=False)
        work_on(batch.pk)
    assert Official.objects.count() == 10
    assert Official.objects.values("record").distinct().count() == 5


def test_throwing_it_away_leaves_no_row():
    batch = begin(a_file())
    work_on(batch.pk)
    batch.refresh_from_db()
    batch.refuse()
    assert (StagedPart.objects.count(), batch.content, batch.state) == (0, None, ImportState.REFUSED)


def test_what_nobody_confirms_is_gone_after_a_day():
    batch = begin(a_file())
    work_on(batch.pk)
    forget(timezone.now() + timedelta(hours=23))
    assert OfficialImport.objects.count() == 1
    forget(timezone.now() + timedelta(hours=25))
    assert (OfficialImport.objects.count(), StagedPart.objects.count()) == (0, 0)


def test_nothing_of_a_file_is_readable_in_the_database():
    batch = begin(a_file(3))
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM campaigns_officialimport")
        content = bytes(cursor.fetchone()[0])
        work_on(batch.pk)
        cursor.execute("SELECT rows_sealed, problems_sealed FROM campaigns_stagedpart")
        staged = [bytes(value) for value in cursor.fetchone()]
    assert len(content) > 50
    assert not [text for text in (content, *staged) if b"Invent" in text]


def test_what_is_no_list_says_so_and_is_not_kept():
    batch = begin(b"PK\x03\x04 a workbook")
    assert work_on(batch.pk) == "done"
    batch.refresh_from_db()
    assert (batch.state, batch.problem, batch.content) == ("unreadable", "workbook", None)


def test_a_file_that_kills_its_reader_is_given_up():
    batch = begin(a_file())
    OfficialImport.objects.filter(pk=batch.pk).update(fence=5)
    assert work_on(batch.pk) == "given up"
    batch.refresh_from_db()
    assert (batch.state, batch.problem) == ("unreadable", "failed")
