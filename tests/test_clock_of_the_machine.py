"""A machine whose clock is not the database's: said by /readyz, refused by workers and schedulers. On PostgreSQL."""

import time

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from campaigns.watching import clock
from campaigns.watching.readiness import look
from tests.engines import engine

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(engine() == "sqlite", reason="one machine has one clock"),
]


@pytest.fixture
def shift(monkeypatch: pytest.MonkeyPatch):
    """Sets this machine's clock, as far as it is compared."""
    true_time = time.clock_gettime

    def by(seconds: float) -> None:
        monkeypatch.setattr(clock.time, "clock_gettime", lambda which: true_time(which) + seconds)

    return by


def said() -> list[str]:
    return [str(part) for part in look(timezone.now()) if part.name == "clock" and not part.works]


def test_a_right_clock_is_no_matter(shift):
    assert said() == []
    shift(3)
    assert said() == []


@pytest.mark.parametrize(("seconds", "words"), [(60, "60 s ahead of"), (-60, "60 s behind")])
def test_it_is_not_ready_with_another_clock(shift, seconds: int, words: str):
    shift(seconds)

    assert said() == [f"clock: the clock of this machine is {words} the database's"]


@pytest.mark.parametrize("command", ["worker", "scheduler"])
def test_it_does_not_start_with_another_clock(shift, command: str):
    shift(60)

    with pytest.raises(CommandError, match="Not started: the clock of this machine is 60 s ahead"):
        call_command(command)
