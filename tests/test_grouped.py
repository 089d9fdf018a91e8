"""Calls at the same moment as one: each gets its own answer, or its own error, and nobody waits for nobody."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import transaction

from mobilise.grouped import Grouped

CROWD = 12
SECONDS = 20


class Doubling:
    """Doubles numbers, holding the first group until it is let go. 0 cannot be doubled."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.groups.append(list(numbers))
        self.begun.set()
        assert self.go_on.wait(SECONDS)
        if 0 in numbers:
            raise ValueError(f"0 among {len(numbers)}")
        return [2 * number for number in numbers]


def crowd(doubling: Doubling, numbers: Sequence[int], pool: ThreadPoolExecutor) -> list[Future[int]]:
    """The first is at it; the others have come meanwhile, and now all go on."""
    grouped = Grouped(doubling)
    futures = [pool.submit(grouped, numbers[0])]
    assert doubling.begun.wait(SECONDS)
    futures += [pool.submit(grouped, number) for number in numbers[1:]]
    while len(grouped._waiting) < len(numbers) - 1:
        threading.Event().wait(0.001)
    doubling.go_on.set()
    return futures


def test_a_call_alone_is_done_at_once():
    doubling = Doubling()
    doubling.go_on.set()
    grouped = Grouped(doubling)

    assert [grouped(one) for one in (1, 2)] == [2, 4]
    assert doubling.groups == [[1], [2]]


def test_those_who_come_meanwhile_are_done_together_and_each_gets_its_own():
    doubling = Doubling()
    with ThreadPoolExecutor(CROWD) as pool:
        answers = [future.result(SECONDS) for future in crowd(doubling, range(1, CROWD + 1), pool)]

    assert answers == [2 * number for number in range(1, CROWD + 1)]
    assert (doubling.groups[0], sorted(doubling.groups[1])) == ([1], list(range(2, CROWD + 1)))
    assert len(doubling.groups) == 2


def test_one_that_fails_fails_alone():
    doubling = Doubling()
    with ThreadPoolExecutor(CROWD) as pool:
        futures = crowd(doubling, [1, 2, 0, 3], pool)
        answers = [futures[number].result(SECONDS) for number in (0, 1, 3)]
        with pytest.raises(ValueError, match="0 among 1"):
            futures[2].result(SECONDS)

    assert answers == [2, 4, 6]


def test_after_a_failure_it_goes_on():
    doubling = Doubling()
    doubling.go_on.set()
    grouped = Grouped(doubling)
    with pytest.raises(ValueError, match="0 among 1"):
        grouped(0)

    assert grouped(4) == 8


@pytest.mark.django_db
def test_what_belongs_to_a_transaction_waits_for_nobody():
    doubling = Doubling()
    grouped = Grouped(doubling)
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(grouped, 1)
        assert doubling.begun.wait(SECONDS)
        with transaction.atomic():
            doubling.go_on.set()
            assert grouped(2) == 4
        assert other.result(SECONDS) == 2
    assert doubling.groups == [[1], [2]]
