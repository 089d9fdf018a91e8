"""The order of a table of parts says nothing: not by numbers, not by place, and not by who wrote the row."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Device
from campaigns.models import Participation, Stage, Tally
from campaigns.models.participation import participation_token
from campaigns.own_data.erasing import erase_device
from campaigns.retention import forget
from mobilise.unordered import NEW_BELOW, settle
from tests.make import make_device, make_follow, make_hashtag_push
from tests.seized import CROWD, in_dumps_order, likeness

pytestmark = pytest.mark.django_db(transaction=True)
# For twice CROWD rows in any order the chance of as much likeness is under one in a million.
MOST_LIKENESS = 0.65


def crowd(number: int = 2 * CROWD):
    """An action, and phones that come and take part one after the other."""
    push = make_hashtag_push()
    devices = []
    for _ in range(number):
        device = make_device()
        make_follow(push.campaign, device)
        Participation.objects.take_part(push, device, Stage.JOINED, None, verified=True, now=timezone.now())
        devices.append(device)
    return push, devices


def ranks_of(push, devices, column):
    """In which order the phones came whose rows these are, as whoever has the key finds out."""
    of = {participation_token(push, device.pk): number for number, device in enumerate(devices)}
    if column == "token":
        return [of[bytes(token)] for token in in_dumps_order(Participation, "token")]
    return [of[bytes(row.token)] for row in Participation.objects.order_by(column)]


def test_neither_numbers_nor_places_follow_the_order_in_which_phones_came():
    push, devices = crowd()
    assert abs(likeness(ranks_of(push, devices, "pk"))) < MOST_LIKENESS

    forget(timezone.now())

    assert abs(likeness(ranks_of(push, devices, "pk"))) < MOST_LIKENESS
    assert abs(likeness(ranks_of(push, devices, "token"))) < MOST_LIKENESS
    # The search finds an order where there is one.
    assert likeness(in_dumps_order(Device, "id")) == 1
    assert Tally.objects.sums(push)["joined"] == {"total": len(devices), "counted": len(devices)}


def test_after_that_no_row_says_which_transaction_wrote_it():
    crowd(6)
    forget(timezone.now())
    assert Participation.objects.filter(pk__lt=NEW_BELOW).count() == 0
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT xmin::text) FROM campaigns_participation")
            assert cursor.fetchone()[0] == 1


def test_a_row_is_written_anew_once():
    crowd(5)
    assert settle(Participation) == 5
    before = set(Participation.objects.values_list("pk", flat=True))
    assert settle(Participation) == 0
    assert set(Participation.objects.values_list("pk", flat=True)) == before


def test_it_stops_after_so_many():
    crowd(3)
    assert settle(Participation, most=0) == 0
    assert Participation.objects.filter(pk__lt=NEW_BELOW).count() == 3


def test_whoever_changes_a_part_meanwhile_changes_that_part():
    push, devices = crowd(8)
    stop, errors = threading.Event(), []

    def keep_settling():
        try:
            while not stop.is_set():
                Participation.objects.filter(pk__gte=NEW_BELOW).first()
                for row in Participation.objects.all():
                    # New again, so that there is always something to do.
                    Participation.objects.filter(pk=row.pk).update(id=row.pk % NEW_BELOW or 1)
                settle(Participation)
        except Exception as error:  # told below
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=keep_settling)
    thread.start()
    try:
        for device in devices[:4]:
            Participation.objects.take_part(push, device, Stage.DONE, None, verified=True, now=timezone.now())
        Participation.objects.withdraw(push, devices[4], timezone.now())
        erase_device(devices[5])
        Participation.objects.move(devices[6], devices[7], timezone.now())
    finally:
        stop.set()
        thread.join()

    assert errors == []
    stages = [part and part.stage for part in (Participation.objects.of(push, device) for device in devices[:5])]
    assert stages == ["done"] * 4 + [None]
    # The erased one's token is nobody's; the two that became one count once.
    ours = {participation_token(push, device.pk) for device in (*devices[:4], devices[7])}
    rows = {bytes(token) for token in Participation.objects.values_list("token", flat=True)}
    assert (len(rows), rows >= ours) == (6, True)
    assert Tally.objects.sums(push)["joined"]["total"] == 6
    assert Tally.objects.sums(push)["done"]["total"] == 4
