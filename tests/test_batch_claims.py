"""Leases and fences under any order of claims, checkpoints and clocks (hypothesis, stateful)."""

from datetime import timedelta

from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from campaigns.models import Batch
from tests.make import make_alert, make_hashtag_push

WORKERS = st.integers(min_value=0, max_value=2)
LAST = 30
# Said once more, independently of the model.
LEASE = timedelta(seconds=30)
LONGEST_LEASE = timedelta(seconds=60)


class Claims(RuleBasedStateMachine):
    """Three workers and a clock that also jumps back. The model: who claimed last, and how far the batch is."""

    @initialize()
    def begin(self) -> None:
        self.alert = make_alert(make_hashtag_push())
        self.batch = Batch.objects.create(alert=self.alert, first_device=1, last_device=LAST, cursor=0)
        self.now = timezone.now()
        self.held: dict[int, Batch] = {}
        self.holder: int | None = None
        self.cursor = 0
        self.accepted = 0

    @rule(seconds=st.sampled_from([1, 5, 29, 31, 3600, -1, -3600]))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(worker=WORKERS)
    def claim(self, worker: int) -> None:
        before = Batch.objects.get(pk=self.batch.pk)
        lease = before.lease_until
        free = lease is None or lease <= self.now or lease > self.now + LONGEST_LEASE
        claimed = Batch.objects.claim(self.alert.pk, self.now)
        assert (claimed is not None) == (free and self.cursor < LAST)
        if claimed:
            assert claimed.cursor == self.cursor
            self.held[worker], self.holder = claimed, worker

    @rule(worker=WORKERS, step=st.integers(min_value=1, max_value=10))
    def checkpoint(self, worker: int, step: int) -> None:
        batch = self.held.get(worker)
        if batch is None:
            return
        cursor = min(batch.cursor + step, LAST)
        noted = batch.checkpoint(cursor, {"accepted": 1}, self.now)
        assert noted == (self.holder == worker)
        if noted:
            assert cursor >= self.cursor
            self.cursor, self.accepted = cursor, self.accepted + 1

    @rule(worker=WORKERS)
    def release(self, worker: int) -> None:
        if worker in self.held:
            self.held[worker].release()

    @invariant()
    def the_row_is_what_the_last_holder_noted(self) -> None:
        row = Batch.objects.get(pk=self.batch.pk)
        assert (row.cursor, row.accepted) == (self.cursor, self.accepted)


class TestClaims(TestCase):
    def test_it_has_one_holder_and_never_goes_back(self) -> None:
        machine = Claims.TestCase
        machine.settings = hypothesis_settings(max_examples=40, stateful_step_count=25, deadline=None)
        machine("runTest").runTest()
        assert Batch.objects.exists()
