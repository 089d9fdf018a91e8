"""How far a goal with three bars is: how many, from how many departements, and no more than so many from one."""

from collections.abc import Mapping
from dataclasses import dataclass

from campaigns.models import Outreach, Result


@dataclass(frozen=True, slots=True)
class Goal:
    """What was reached, beside what is needed."""

    target: int
    departements_needed: int
    departement_cap: int
    total: int  # all, wherever from
    counted: int  # what adds: no more than the cap from one departement
    departements: int  # with at least one
    full: int  # departements at the cap or above
    most: int  # in the fullest departement

    @property
    def beyond(self) -> int:
        """What does not add, as its departement is full."""
        return self.total - self.counted

    @property
    def is_reached(self) -> bool:
        """Enough of them, from enough departements."""
        return self.counted >= self.target and self.departements >= self.departements_needed


def measure(counts: Mapping[str, int], *, target: int, departements_needed: int, departement_cap: int) -> Goal:
    """``counts``: how many there are by departement."""
    numbers = [number for number in counts.values() if number > 0]
    return Goal(
        target=target,
        departements_needed=departements_needed,
        departement_cap=departement_cap,
        total=sum(numbers),
        counted=sum(min(number, departement_cap) for number in numbers),
        departements=len(numbers),
        full=sum(number >= departement_cap for number in numbers),
        most=max(numbers, default=0),
    )


def counts_of(outreach: Outreach, sums: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """By departement: what verified phones reported as sent; where an official count was typed, that instead."""
    return {**sums.get(Result.SENT, {}), **outreach.published_counts}


def goal_of(outreach: Outreach, sums: Mapping[str, Mapping[str, int]]) -> Goal:
    """The outreach's goal; ``sums`` as OutcomeSum gives them."""
    return measure(
        counts_of(outreach, sums),
        target=outreach.target,
        departements_needed=outreach.departements_needed,
        departement_cap=outreach.departement_cap,
    )
