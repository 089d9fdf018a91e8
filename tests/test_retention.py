"""What is over is deleted: tokens and keys after the days of retention, the counts stay."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Device, TieCode
from campaigns import tasks
from campaigns.models import Action, Follow, Participation, Person, Receipt, Stage, Tally
from campaigns.retention import due, forget
from campaigns.retention.rules import rules
from tests.make import far, make_alert, make_device, make_hashtag_push, make_solidarity_alert, make_user

pytestmark = pytest.mark.django_db
LATER = timedelta(days=8)


def test_it_deletes_tokens_and_key_and_keeps_the_counts() -> None:
    push = make_hashtag_push()
    now = timezone.now()
    Participation.objects.take_part(push, make_device(), Stage.JOINED, None, verified=True, now=now)
    forget(now + timedelta(days=6))
    assert Participation.objects.count() == 1
    forget(now + LATER)
    assert Participation.objects.count() == 0
    assert Action.objects.get(pk=push.pk).participation_key is None
    assert Tally.objects.sums(push)["joined"]["total"] == 1


def test_it_leaves_what_still_lasts() -> None:
    push = make_hashtag_push(ends_at=far(24 * 30))
    Participation.objects.take_part(push, make_device(), Stage.JOINED, None, verified=True, now=timezone.now())
    forget(timezone.now() + LATER)
    assert Participation.objects.count() == 1


def test_it_deletes_receipts_of_alerts_that_are_over() -> None:
    alert = make_alert(make_hashtag_push())
    Receipt.objects.record(alert.uuid, "shown", b"n" * 16)
    alert.cancel(timezone.now())
    forget(timezone.now() + LATER)
    assert Receipt.objects.count() == 0


def test_it_deletes_codes_and_finished_tasks() -> None:
    TieCode.objects.make(make_user(), timezone.now())
    result = tasks.forget_what_is_over.enqueue()
    row = DBTaskResult.objects.get(id=result.id)
    row.set_failed(ValueError("a traceback"))
    forget(timezone.now() + LATER)
    assert TieCode.objects.count() == 0
    assert DBTaskResult.objects.count() == 0


def test_it_forgets_a_phone_that_does_not_come_back() -> None:
    push, device, other = make_hashtag_push(ends_at=far(24 * 700)), make_device(), make_device()
    now = timezone.now()
    Follow.objects.create(campaign=push.campaign, device=device, kinds_mask=1, consent_version=1, consented_on=now)
    for each in (device, other):
        Participation.objects.take_part(push, each, Stage.JOINED, None, verified=True, now=now)
    Device.objects.filter(pk=other.pk).update(last_seen=(now + timedelta(days=300)).date())

    forget(now + timedelta(days=364))
    assert Device.objects.count() == 2
    forget(now + timedelta(days=367))
    assert list(Device.objects.all()) == [other]
    assert not Follow.objects.exists()
    # What it took part in stays counted, under a token that is nobody's.
    assert Tally.objects.sums(push)["joined"]["total"] == 2
    assert Participation.objects.of(push, device) is None


def test_a_case_that_is_over_keeps_no_name() -> None:
    case = make_solidarity_alert()
    today = timezone.localdate()
    named = Person.objects.create(alert_case=case, name="Camille Roux", consented_on=today, consent_how="in writing")
    forget(case.ends_at + timedelta(days=6))
    assert Person.objects.get(pk=named.pk).public_name == "Camille Roux"
    forget(case.ends_at + LATER)
    left = Person.objects.get(pk=named.pk)
    assert (left.name, left.consent_how, left.consented_on, left.public_name) == ("", "", None, None)


def test_sessions_that_ran_out_go() -> None:
    client = Client()
    client.force_login(make_user())
    forget(timezone.now() + timedelta(hours=11))
    assert Session.objects.count() == 1
    forget(timezone.now() + timedelta(hours=13))
    assert Session.objects.count() == 0


def test_a_dry_run_says_what_would_go_and_deletes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    push = make_hashtag_push(ends_at=timezone.now() - LATER, starts_at=timezone.now() - 2 * LATER)
    Participation.objects.create(action=push, token=b"t" * 32, stage=Stage.JOINED)
    call_command("retention", dry_run=True)
    said = capsys.readouterr().out
    assert re.search(r"^ +1  tokens of participations \(7 days after the action's end\)$", said, re.MULTILINE)
    assert "Nothing was." in said
    assert Participation.objects.count() == 1

    call_command("retention")
    assert "2 rows deleted." in capsys.readouterr().out
    assert Participation.objects.count() == 0
    assert {each.rows for each in due(timezone.now())} == {0}


def test_every_rule_can_be_asked_on_an_empty_database() -> None:
    assert len(due(timezone.now())) == len(list(rules())) > 20
