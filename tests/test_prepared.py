"""Statements that are made once find what the framework's own query finds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import QuerySet

from accounts.models import Device
from mobilise.prepared import Prepared
from tests.make import make_device, make_push_keys, make_subscription

pytestmark = pytest.mark.django_db


def known_of(uuids: Sequence[UUID]) -> "QuerySet[Device, tuple[Any, ...]]":
    """With a value of its own beside the names, and a column of another table."""
    query = Device.objects.filter(language="fr", uuid__in=uuids)
    return query.values_list("uuid", "last_seen", "pk", "subscription__verified_on")


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 8, 9])
def test_it_finds_what_the_query_finds(number: int):
    devices = [make_device(language="fr") for _ in range(9)]
    make_device(language="en")
    make_subscription(devices[0], make_push_keys("https://push.example/1"))
    names = [device.uuid for device in devices[:number]]

    rows = Prepared(known_of).rows(names)

    assert sorted(map(tuple, rows)) == sorted(known_of(names))
    assert len(rows) == number


def test_it_finds_nothing_else():
    here, other = make_device(language="fr"), make_device(language="en")

    rows = Prepared(known_of).rows({here.uuid, other.uuid, uuid4()})

    assert [row[0] for row in rows] == [here.uuid]


def test_statements_are_made_for_few_numbers_and_once():
    made: list[int] = []

    def make(uuids: Sequence[UUID]) -> "QuerySet[Device, tuple[Any, ...]]":
        made.append(len(uuids))
        return known_of(uuids)

    prepared = Prepared(make)
    for number in (1, 3, 4, 3, 1, 7):
        prepared.rows([uuid4() for _ in range(number)])

    assert made == [1, 4, 8]
