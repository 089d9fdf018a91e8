"""Many at once: the same device twice, a crowd in one minute; nothing is counted twice and nothing is lost."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError
from django.utils import timezone

from campaigns.models import Action, Participation, Receipt, ReceiptCount, Tally
from tests.counting import hit
from tests.make import make_alert, make_device, make_rally_call
from tests.together import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_device_joining_at_once_counts_once():
    device, rally = make_device(), make_rally_call()

    def join(stage: str) -> Callable[[], object]:
        return lambda: Participation.objects.take_part(rally, device, stage, None, verified=True, now=timezone.now())

    at_once(*[join(stage) for stage in ("joined", "done") * THREADS])

    stage = Participation.objects.get().stage
    done = int(stage == "done")
    assert Tally.objects.sums(rally) == {
        "joined": {"total": 1, "counted": 1},
        "done": {"total": done, "counted": done},
    }


def test_a_crowd_in_one_minute_is_counted_to_the_last():
    rally, devices = make_rally_call(), [make_device() for _ in range(40)]

    def join(number: int) -> Callable[[], object]:
        return lambda: Participation.objects.take_part(
            rally, devices[number], "joined", None, verified=number % 2 == 0, now=timezone.now()
        )

    at_once(*[join(number) for number in range(40)])

    assert Tally.objects.sums(rally)["joined"] == {"total": 40, "counted": 20}


def test_joining_and_withdrawing_at_once_leaves_what_is_left():
    device, rally = make_device(), make_rally_call()
    now = timezone.now()

    def join() -> object:
        return Participation.objects.take_part(rally, device, "joined", None, verified=False, now=now)

    def withdraw() -> object:
        return Participation.objects.withdraw(rally, device, now)

    at_once(*[join, withdraw] * THREADS)

    assert Tally.objects.sums(rally)["joined"]["total"] == Participation.objects.count()


def test_verifying_at_once_counts_once():
    device, rally = make_device(), make_rally_call()
    now = timezone.now()
    Participation.objects.take_part(rally, device, "done", None, verified=False, now=now)

    at_once(*[lambda: Participation.objects.count_verified(device, now)] * THREADS)

    assert Tally.objects.sums(rally) == {"joined": {"total": 1, "counted": 1}, "done": {"total": 1, "counted": 1}}


def test_the_same_receipt_at_once_counts_once():
    alert = make_alert(make_rally_call())

    at_once(*[lambda: Receipt.objects.record(alert.uuid, "opened", b"n" * 16)] * THREADS)

    assert (Receipt.objects.count(), sum(ReceiptCount.objects.values_list("total", flat=True))) == (1, 1)


def test_a_crowd_that_goes_on_to_the_next_stage_waits_for_nobody_for_ever():
    rally, devices = make_rally_call(), [make_device() for _ in range(60)]
    now = timezone.now()
    for device in devices:
        Participation.objects.take_part(rally, device, "joined", None, verified=False, now=now)

    def change(number: int) -> Callable[[], object]:
        stage = "done" if number % 2 else "joined"
        return lambda: Participation.objects.take_part(rally, devices[number], stage, None, verified=True, now=now)

    at_once(*[change(number) for number in range(60)])

    sums = Tally.objects.sums(rally)
    assert sums == {"joined": {"total": 60, "counted": 60}, "done": {"total": 30, "counted": 30}}


def test_a_crowd_behind_one_address_gets_each_its_own_place_in_the_count():
    now = timezone.now()
    places: list[int] = []

    at_once(*[lambda: places.append(hit("one address", now))] * 60)

    assert sorted(places) == list(range(1, 61))


def test_one_gesture_that_cannot_be_written_takes_no_other_down():
    rally, gone = make_rally_call(), make_rally_call()
    devices, failed = [make_device() for _ in range(20)], []
    now = timezone.now()
    # As an organiser's delete does between the look and the gesture.
    Action.objects.filter(pk=gone.pk).delete()

    def join(number: int) -> Callable[[], object]:
        def say() -> None:
            action = gone if number % 5 == 0 else rally
            try:
                Participation.objects.take_part(action, devices[number], "joined", None, verified=True, now=now)
            except IntegrityError:
                failed.append(number)

        return say

    at_once(*[join(number) for number in range(20)])

    assert sorted(failed) == [0, 5, 10, 15]
    assert Tally.objects.sums(rally)["joined"] == {"total": 16, "counted": 16}


def test_receipts_of_a_crowd_are_counted_to_the_last_and_each_says_whether_it_was_new():
    alert, said = make_alert(make_rally_call()), []

    def report(number: int) -> Callable[[], object]:
        return lambda: said.append(Receipt.objects.record(alert.uuid, "shown", bytes([number // 2]) * 16))

    at_once(*[report(number) for number in range(60)])

    assert (said.count(True), said.count(False)) == (30, 30)
    assert sum(ReceiptCount.objects.values_list("total", flat=True)) == Receipt.objects.count() == 30
