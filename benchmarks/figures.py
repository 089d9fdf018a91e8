"""A figure: what one case measured, run by run."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

PER_SECOND = "1/s"
MEBIBYTES = "MiB"
SECONDS = "s"
POINTS = "points"
RATIO = "ratio"
NUMBER = "number"


class NotMeasured(Exception):
    """A case cannot run here; the message says in one line what to install or do."""


class Wrong(Exception):
    """A case ran and its counts do not add up: what it measured is worth nothing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of its runs is its value. Without runs it was not measured, and ``note`` says why."""

    name: str
    unit: str
    runs: Sequence[float] = field(default=())
    note: str = ""

    @property
    def value(self) -> float | None:
        """The median, or None."""
        return statistics.median(self.runs) if self.runs else None

    def as_json(self) -> dict[str, object]:
        """As the file keeps it: {"name", "value", "unit", "runs"}."""
        return {"name": self.name, "value": self.value, "unit": self.unit, "runs": list(self.runs)}
