"""Whatever devices do in whatever order, the sums are those of a plain model."""

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts.models import Device, Subscription
from campaigns.models import Gathering, Participation, RallyCall, Tally
from tests.make import make_device, make_gathering, make_rally_call, make_subscription

devices, actions = st.integers(0, 2), st.integers(0, 1)
places = st.integers(0, 2)


class Parts(RuleBasedStateMachine):
    """Three devices, two actions with two gatherings each."""

    @initialize()
    def begin(self) -> None:
        self.devices: list[Device] = [make_device() for _ in range(3)]
        self.actions: list[RallyCall] = [make_rally_call() for _ in range(2)]
        self.places: list[list[Gathering | None]] = [
            [None, make_gathering(action), make_gathering(action)] for action in self.actions
        ]
        self.verified = [False] * 3
        self.parts: dict[tuple[int, int], tuple[str, int, bool]] = {}
        # Parts whose device was erased: they count on, and nobody can change them.
        self.orphans: list[tuple[int, str, int, bool]] = []

    @rule(device=devices, action=actions, stage=st.sampled_from(["joined", "done"]), place=places)
    def take_part(self, device: int, action: int, stage: str, place: int) -> None:
        verified, where = self.verified[device], self.places[action][place]
        Participation.objects.take_part(
            self.actions[action], self.devices[device], stage, where, verified=verified, now=timezone.now()
        )
        counted = (device, action) in self.parts and self.parts[device, action][2]
        self.parts[device, action] = (stage, place, counted or verified)

    @rule(device=devices, action=actions)
    def withdraw(self, device: int, action: int) -> None:
        Participation.objects.withdraw(self.actions[action], self.devices[device], timezone.now())
        self.parts.pop((device, action), None)

    @rule(device=devices)
    def verify(self, device: int) -> None:
        self.verified[device] = True
        Participation.objects.count_verified(self.devices[device], timezone.now())
        for key, (stage, place, _) in list(self.parts.items()):
            if key[0] == device:
                self.parts[key] = (stage, place, True)

    @rule(device=devices)
    def lose_subscription(self, device: int) -> None:
        self.verified[device] = False

    @rule(device=devices)
    def erase(self, device: int) -> None:
        Participation.objects.unlink(self.devices[device])
        self.devices[device] = make_device()
        self.verified[device] = False
        for key in [key for key in self.parts if key[0] == device]:
            self.orphans.append((key[1], *self.parts.pop(key)))

    def _expected(self, action: int) -> dict[str, dict[str, int]]:
        every = [part for (_, of), part in self.parts.items() if of == action]
        every += [part for of, *part in self.orphans if of == action]  # type: ignore[misc]
        done = [part for part in every if part[0] == "done"]
        return {
            stage: {"total": len(among), "counted": sum(part[2] for part in among)}
            for stage, among in (("joined", every), ("done", done))
        }

    @invariant()
    def sums_are_those_of_the_model(self) -> None:
        for number, action in enumerate(getattr(self, "actions", [])):
            assert Tally.objects.sums(action) == self._expected(number)

    @invariant()
    def each_device_finds_its_own_parts(self) -> None:
        for number, device in enumerate(getattr(self, "devices", [])):
            found = {row.action.uuid: row.stage for row in Participation.objects.all_of(device)}
            mine = {self.actions[of].uuid: part[0] for (who, of), part in self.parts.items() if who == number}
            assert found == mine

    @invariant()
    def no_place_has_less_than_nobody(self) -> None:
        by_place: dict[Any, int] = {}
        for row in Tally.objects.all():
            key = (row.action_id, row.place, row.stage)
            by_place[key] = by_place.get(key, 0) + row.total
        assert not [total for total in by_place.values() if total < 0]


class ParticipationTest(TestCase):
    """Each run in a transaction of its own."""

    def test_sums_stay_those_of_the_parts(self) -> None:
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            Parts,
            settings=settings(
                max_examples=25,
                stateful_step_count=20,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
            ),
        )


@pytest.mark.django_db
def test_all_parts_are_found_beyond_one_query(monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any):
    monkeypatch.setattr("campaigns.models.participation.PROBES", 2)
    device, rallies = make_device(), [make_rally_call() for _ in range(5)]
    for rally in rallies:
        Participation.objects.take_part(rally, device, "joined", None, verified=False, now=timezone.now())

    with django_assert_num_queries(1 + 3):
        found = Participation.objects.all_of(device)

    assert [row.action.uuid for row in found] == [rally.uuid for rally in rallies]


@pytest.mark.django_db
def test_a_part_counts_when_its_phone_was_verified_while_it_joined():
    device, rally, now = make_device(), make_rally_call(), timezone.now()
    # As the request saw it when it came in; the verification answers, and counts what is there: nothing yet.
    make_subscription(device)
    Participation.objects.count_verified(device, now)

    part = Participation.objects.take_part(rally, device, "joined", None, verified=False, now=now)

    assert part.verified
    assert Tally.objects.sums(rally)["joined"] == {"total": 1, "counted": 1}


@pytest.mark.django_db
def test_a_part_that_counted_counts_on_after_the_subscription_was_renewed():
    device, rally, now = make_device(), make_rally_call(), timezone.now()
    subscription = make_subscription(device)
    Participation.objects.take_part(rally, device, "joined", None, verified=True, now=now)
    # As a renewed one is, until the phone has answered its push.
    Subscription.objects.filter(pk=subscription.pk).update(verified_on=None)

    part = Participation.objects.take_part(rally, device, "done", make_gathering(rally), verified=False, now=now)

    assert part.verified
    counts = {"total": 1, "counted": 1}
    assert Tally.objects.sums(rally) == {"joined": counts, "done": counts}
