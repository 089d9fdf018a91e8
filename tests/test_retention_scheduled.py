"""Retention as it really runs: the scheduler rings, a worker of `maintenance` deletes, days later by the clock."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.models import Device
from campaigns.models import Action, Claim, ContactRecord, Follow, Official, Participation, Stage, Tally
from campaigns.retention import due, forget
from mobilise.throttles.models import Count, DayKey
from mobilise.unordered import NEW_BELOW
from tests.counting import hit
from tests.delivering import Processes, wait_until
from tests.make import (
    far,
    make_device,
    make_follow,
    make_hashtag_push,
    make_official,
    make_outreach,
    make_subscription,
)
from tests.test_faults_clock import Clock
from tests.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 24 * 3600.0


def test_what_is_over_goes_as_the_days_pass(processes: Processes, tmp_path: Path):
    clock = Clock(processes, tmp_path / "shift")
    push, device = make_hashtag_push(), make_device()
    make_follow(push.campaign, device)
    make_subscription(device)
    Participation.objects.take_part(push, device, Stage.JOINED, None, verified=True, now=timezone.now())
    outreach = make_outreach(ends_at=timezone.now() + timedelta(hours=1))
    official, now = make_official(outreach), timezone.now()
    Claim.objects.take(outreach, device, [official.pk], now=now, until=now + timedelta(hours=1))
    hit("one", timezone.now())
    processes.start("worker", "--queue", "maintenance")

    # Today it runs, and deletes nothing that lasts.
    first = processes.start("scheduler")
    wait_until(lambda: not Participation.objects.filter(pk__lt=NEW_BELOW).exists(), "its first run", 90)
    processes.kill(first)
    kept = (Participation, Claim, Official, ContactRecord, Follow, Count, DayKey)
    assert {model.__name__: model._default_manager.count() for model in kept} == {m.__name__: 1 for m in kept}

    clock.shift((settings.RETENTION_DAYS + 2) * DAY)
    second = processes.start("scheduler")
    gone = (Participation, Claim, Official, ContactRecord, Count, DayKey)
    wait_until(lambda: not any(model._default_manager.exists() for model in gone), "what ended is gone", 90)
    processes.kill(second)
    assert Action.objects.filter(participation_key__isnull=False).count() == 0
    assert Tally.objects.sums(push)["joined"] == {"total": 1, "counted": 1}
    assert Follow.objects.count() == 1

    clock.shift((settings.DEVICE_DAYS + 2) * DAY)
    processes.start("scheduler")
    wait_until(lambda: not Device.objects.exists(), "the phone is forgotten", 90)
    assert not Follow.objects.exists()


def test_that_somebody_was_contacted_is_forgotten_a_year_later_and_stop_never():
    outreach, now = make_outreach(), timezone.now()
    ordinary, stopped = make_official(outreach), make_official(outreach)
    ContactRecord.objects.note(ordinary.record_id, now, stop=False, verified=True)
    ContactRecord.objects.note(stopped.record_id, now, stop=True, verified=True)

    forget(now + timedelta(days=366))
    # Their list is over since; the last contact is a year ago.
    assert list(ContactRecord.objects.values_list("pk", flat=True)) == [stopped.record_id]


def test_it_is_not_forgotten_while_a_list_names_them_or_the_year_lasts():
    outreach, now = make_outreach(ends_at=timezone.now() + timedelta(days=900)), timezone.now()
    listed, late = make_official(outreach), make_official(make_outreach())
    ContactRecord.objects.note(listed.record_id, now, stop=False, verified=True)
    ContactRecord.objects.note(late.record_id, now + timedelta(days=300), stop=False, verified=True)

    forget(now + timedelta(days=400))

    assert set(ContactRecord.objects.values_list("pk", flat=True)) == {listed.record_id, late.record_id}


def test_a_dry_run_tells_of_every_row_that_goes():
    """What it names is what is deleted: no rule deletes beside it."""
    now = timezone.now()
    hit("one", now)
    row = make_subscription(make_device(), verified=False)
    row.issue_nonce(now)
    later = now + timedelta(days=4)

    told = {each.rule.what: each.rows for each in due(later) if each.rows}
    assert told == {
        "counts of the limits": 1,
        "the days' keys of those counts": 1,
        "what was pushed to prove that alerts arrive, and was not answered": 1,
    }
    assert {each.rule.what: each.rows for each in forget(later) if each.rows} == told
    row.refresh_from_db()
    assert (row.nonce_digest, row.nonce_expires_at) == ("", None)
    assert (Count.objects.count(), DayKey.objects.count()) == (0, 0)


def test_more_phones_than_are_read_at_once_are_forgotten_while_others_write(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("campaigns.retention.ways.AT_ONCE", 2)
    for _ in range(7):
        make_device()
    now = timezone.now()
    written = []

    def write_elsewhere(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Before each transaction of the one that forgets, another process commits one of its own."""
        if not connection.in_atomic_block:
            written.append(1)
            at_once(lambda: hit(f"number {len(written)}", now + timedelta(days=settings.DEVICE_DAYS + 2)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(write_elsewhere):
        forget(now + timedelta(days=settings.DEVICE_DAYS + 2))

    assert Device.objects.count() == 0
    assert written


def test_a_rule_that_fails_leaves_no_part_where_it_came_and_nothing_in_the_log():
    push, device, now = make_hashtag_push(ends_at=far(24 * 700)), make_device(), timezone.now()
    Participation.objects.take_part(push, device, Stage.JOINED, None, verified=True, now=now)

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """As a full disk does."""
        if sql.startswith("DELETE") and "accounts_device" in sql:
            raise OperationalError("disk I/O error")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse), pytest.raises(OperationalError):
        forget(now + timedelta(days=settings.DEVICE_DAYS + 2))

    assert Device.objects.count() == 1
    assert Participation.objects.get().pk >= NEW_BELOW
    if connection.vendor == "sqlite":
        assert Path(f"{connection.settings_dict['NAME']}-wal").stat().st_size == 0
