"""Many at once: the same device twice, a crowd in one minute; nothing is counted twice and nothing is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from campaigns.models import Participation, Receipt, ReceiptCount, Tally
from tests.make import make_alert, make_device, make_rally_call

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 6


def at_once(*works: Callable[[], object]) -> None:
    """Runs them in threads, each with a connection of its own."""

    def one(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, works))


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

    at_once(*[lambda: Receipt.objects.record(alert, "opened", b"n" * 16)] * THREADS)

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
