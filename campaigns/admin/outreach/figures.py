"""An outreach in figures: counts only, of officials and of calls."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.departements import DEPARTEMENT_NAMES
from campaigns.models import Claim, Official, Outcome, OutcomeSum, Outreach, Result
from campaigns.models.outreach.outcomes import LISTED, Sums
from campaigns.rules.outreach import Goal, goal_of
from campaigns.rules.outreach.goal import counts_of


@dataclass(frozen=True, slots=True)
class Departement:
    """One line of the table."""

    code: str
    listed: int
    reached: int
    is_full: bool

    @property
    def name(self) -> str:
        """As people call it."""
        return DEPARTEMENT_NAMES.get(self.code, "")


@dataclass(frozen=True, slots=True)
class OutreachFigures:
    """What the page shows."""

    goal: Goal
    listed: int
    to_call: int
    being_called: int
    calls: int
    calls_counted: int
    results: list[tuple[str, int, int]]
    departements: list[Departement]
    held: int
    held_stops: int

    @property
    def differ(self) -> bool:
        """Whether some calls do not count in public."""
        return self.calls != self.calls_counted


def figures_of(outreach: Outreach, now: datetime) -> OutreachFigures:
    """In 6 statements."""
    sums, today = OutcomeSum.objects.of([outreach.pk])[outreach.pk], now.astimezone(outreach.zone).date()
    counted, totals = _totals(sums), _totals(OutcomeSum.objects.reported(outreach))
    results = [(_in_words(result), totals.get(result, 0), counted.get(result, 0)) for result in Result]
    officials = Official.objects.filter(outreach=outreach)
    stops = Outcome.objects.held_stops(outreach, now).values_list("official__record", flat=True)
    return OutreachFigures(
        goal=goal_of(outreach, sums),
        listed=totals.get(LISTED, 0),
        to_call=officials.contactable(now, today).count(),
        being_called=Claim.objects.running(now).filter(outreach=outreach).count(),
        calls=sum(number for _, number, _ in results),
        calls_counted=sum(number for _, _, number in results),
        results=results,
        departements=_departements(outreach, sums),
        held=officials.held(stops, today).count(),
        held_stops=stops.distinct().count(),
    )


def _totals(sums: Sums) -> dict[str, int]:
    return {what: sum(numbers.values()) for what, numbers in sums.items()}


def _in_words(result: Result) -> str:
    """Without the day that goes with "call again on"."""
    return _("call again another day") if result == Result.CALL_AGAIN else str(result.label)


def _departements(outreach: Outreach, sums: dict[str, dict[str, int]]) -> list[Departement]:
    reached, listed = counts_of(outreach, sums), sums.get(LISTED, {})
    return [
        Departement(code, listed.get(code, 0), reached.get(code, 0), reached.get(code, 0) >= outreach.departement_cap)
        for code in sorted({*listed, *reached})
    ]
