"""Running the rules, and saying beforehand what they would delete."""

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Claim, Participation
from campaigns.retention.rules import Rule, rules
from campaigns.watching import totals
from mobilise import unordered, write_ahead


@dataclass(frozen=True, slots=True)
class Due:
    """A rule, and how many rows it is about now."""

    rule: Rule
    rows: int


def due(now: datetime) -> list[Due]:
    """What `forget` would delete at this moment; nothing is changed."""
    return [Due(rule, rule.find(now).count()) for rule in rules()]


def forget(now: datetime) -> list[Due]:
    """Deletes all that is over. Safe to run at any time, twice, or half. Returns what went."""
    with ExitStack() as at_last:
        # Also when a rule fails: what the others deleted is gone for good, and no part lies where it came.
        at_last.callback(write_ahead.empty)
        at_last.callback(unordered.settle, Participation)
        # An official whose caller's time is up is free again; the claim then has an end from which it is kept a day.
        Claim.objects.sweep(now)
        totals.add_up(now)
        return [Due(rule, rule.forget(rule.find(now))) for rule in rules()]
