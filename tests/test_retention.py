"""What is over is deleted: tokens and keys after the days of retention, the counts stay."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import TieCode
from campaigns import tasks
from campaigns.models import Action, Participation, Receipt, Stage, Tally
from campaigns.retention import forget
from tests.make import far, make_alert, make_device, make_hashtag_push, make_user

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
    Receipt.objects.record(alert, "shown", b"n" * 16)
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
