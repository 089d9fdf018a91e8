"""One code, several phones, one moment: exactly one takes over, and the sums stay right on every engine."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import CodeUseless, Device, DeviceGone, OwnCode, TransferCode
from campaigns.models import Follow, Participation, Tally
from campaigns.moving import take_over
from tests.api import ApiClient
from tests.make import make_campaign, make_device, make_follow, make_rally_call, make_subscription
from tests.together import THREADS, at_once

pytestmark = pytest.mark.django_db(transaction=True)
REFUSED = (CodeUseless, OwnCode, DeviceGone)


def make_world(number: int) -> tuple[list[Device], list[Any], list[str]]:
    """So many phones that follow a campaign and take part in three actions, and a code of each."""
    campaign, rallies = make_campaign(), [make_rally_call() for _ in range(3)]
    phones = [make_device() for _ in range(number)]
    for phone in phones:
        make_follow(campaign, phone)
        for rally in rallies:
            Participation.objects.take_part(rally, phone, "joined", None, verified=True, now=timezone.now())
    return phones, rallies, [TransferCode.objects.make(phone, timezone.now())[0] for phone in phones]


def taking(code: str, device: Device, outcomes: list[object]) -> Callable[[], object]:
    """Takes the code over in a thread, and notes what came of it."""

    def work() -> None:
        try:
            outcomes.append(take_over(code, Device.objects.get(pk=device.pk), timezone.now())[0].uuid)
        except (*REFUSED, Device.DoesNotExist) as error:
            outcomes.append(type(error))

    return work


def erasing(device: Device, outcomes: list[object]) -> Callable[[], object]:
    """Erases the device in a thread, and notes the answer."""
    client = ApiClient(device)
    return lambda: outcomes.append(client.call("DELETE", "device").status_code)


def joined(rally: Any) -> int:
    sums = Tally.objects.sums(rally)["joined"]
    assert sums["total"] == sums["counted"]
    return sums["total"]


def test_of_several_phones_with_one_code_one_has_everything():
    (old,), rallies, (code,) = make_world(1)
    phones = [make_device() for _ in range(THREADS)]
    outcomes: list[object] = []

    at_once(*[taking(code, phone, outcomes) for phone in phones])

    assert outcomes.count(CodeUseless) == THREADS - 1
    (winner,) = [outcome for outcome in outcomes if outcome is not CodeUseless]
    assert Follow.objects.get().device.uuid == winner
    assert [joined(rally) for rally in rallies] == [1, 1, 1]
    assert not Device.objects.filter(uuid=old.uuid).exists()


def test_the_same_phone_several_times_at_once_gets_one_answer():
    (_, new), rallies, (code, _) = make_world(2)
    outcomes: list[object] = []
    client = ApiClient(new)

    def enter() -> None:
        outcomes.append(client.call("POST", "device/transfer/takeover", {"code": code}).status_code)

    at_once(*[enter] * THREADS)

    assert outcomes == [200] * THREADS
    assert Device.objects.get().uuid == new.uuid
    assert [joined(rally) for rally in rallies] == [1, 1, 1]


def test_two_phones_that_enter_each_others_code_become_one():
    for _ in range(5):
        (one, other), rallies, (code, other_code) = make_world(2)
        outcomes: list[object] = []

        at_once(taking(other_code, one, outcomes), taking(code, other, outcomes))

        left = Device.objects.filter(uuid__in=[one.uuid, other.uuid])
        assert len(left) == 1
        assert left[0].uuid in outcomes
        assert [joined(rally) for rally in rallies] == [1, 1, 1]
        assert [bool(Participation.objects.of(rally, left[0])) for rally in rallies] == [True] * 3


def test_a_ring_of_phones_loses_nobody():
    phones, rallies, codes = make_world(THREADS)
    outcomes: list[object] = []

    at_once(*[taking(codes[number - 1], phone, outcomes) for number, phone in enumerate(phones)])

    left = Device.objects.count()
    assert 1 <= left < THREADS
    assert [joined(rally) for rally in rallies] == [left] * 3
    assert Follow.objects.count() == left


def test_a_crowd_joins_while_phones_are_moved():
    phones, rallies, codes = make_world(4)
    crowd = [make_device() for _ in range(20)]
    outcomes: list[object] = []

    def join(device: Device) -> Callable[[], object]:
        def work() -> None:
            for rally in rallies:
                Participation.objects.take_part(rally, device, "joined", None, verified=True, now=timezone.now())

        return work

    moves = [taking(code, make_device(), outcomes) for code in codes]
    at_once(*moves, *[join(device) for device in crowd])

    assert len({*outcomes}) == 4
    assert [joined(rally) for rally in rallies] == [24, 24, 24]
    assert len(phones) == 4


def test_erasing_and_taking_over_at_once_leaves_one_of_both():
    for _ in range(5):
        (old,), rallies, (code,) = make_world(1)
        make_subscription(old)
        new = make_device()
        outcomes: list[object] = []

        at_once(taking(code, new, outcomes), erasing(old, outcomes))

        mine = Participation.objects.of(rallies[0], Device.objects.get(uuid=new.uuid))
        # Whoever asks to be erased hears that it is done, also when all was the other phone's already.
        assert 204 in outcomes
        assert (mine is None) == (CodeUseless in outcomes)
        assert [joined(rally) for rally in rallies] == [1, 1, 1]
        assert not Device.objects.filter(uuid=old.uuid).exists()
