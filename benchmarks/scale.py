"""How much is measured: all of it, or with BENCH_N, BENCH_RUNS and BENCH_SECONDS less, for a quick look."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

FULL = 100_000  # subscriptions of the big delivery; what BENCH_N replaces
RUNS = 3
LOAD_SECONDS = 60  # of the mixed load
LEAST_LOAD_SECONDS = 3


class BadScale(ValueError):
    """A variable of the environment says nothing that can be used."""


@dataclass(frozen=True, slots=True)
class Scale:
    """``size`` is the number of subscriptions of the big delivery; everything else shrinks with it."""

    size: int = FULL
    runs: int = RUNS
    load_seconds: int = 0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Scale":
        """BENCH_N, BENCH_RUNS and BENCH_SECONDS. Raises BadScale."""
        size, runs = _positive(environment, "BENCH_N", FULL), _positive(environment, "BENCH_RUNS", RUNS)
        said = environment.get("BENCH_SECONDS")
        return cls(size, runs, _positive(environment, "BENCH_SECONDS", LOAD_SECONDS) if said else 0)

    def of(self, amount: int, *, least: int = 1) -> int:
        """So much of an ``amount`` as BENCH_N asks for."""
        return min(amount, max(least, round(amount * self.share)))

    @property
    def seconds(self) -> float:
        """How long the mixed load lasts: what was asked for, else a minute, shrunk like all else."""
        return self.load_seconds or max(LEAST_LOAD_SECONDS, LOAD_SECONDS * min(self.share, 1))

    @property
    def share(self) -> float:
        """What BENCH_N is of all of it."""
        return self.size / FULL

    @property
    def is_full(self) -> bool:
        """Whether the targets are meant for figures of this size."""
        return self.size >= FULL


def _positive(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    if not text.isdecimal() or int(text) < 1:
        raise BadScale(f"{name}={text} is no number: use one from 1 upwards.")
    return int(text)


def selection(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The words of BENCH_ONLY: a case's name, or the beginning of one up to a dot."""
    return [word.strip() for word in environment.get("BENCH_ONLY", "").split(",") if word.strip()]
