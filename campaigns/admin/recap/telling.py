"""A number as a recap tells it: with how it came about, or why it is not told."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.rules import told


class How(models.TextChoices):
    """How a number came about."""

    EXACT = "exact", _("counted")
    AT_LEAST = "at_least", _("at least")
    ESTIMATE = "estimate", _("estimate")
    FEW = "few", _("fewer than 10")
    UNKNOWN = "unknown", _("not known")
    NOT_ASKED = "not_asked", _("not asked")


@dataclass(frozen=True, slots=True)
class Told:
    """``value`` is None when it is too small to be told, or not known."""

    value: int | None
    how: How

    @property
    def word(self) -> str:
        """What is said beside or instead of the number; nothing beside an exact one."""
        return "" if self.how == How.EXACT else str(self.how.label)


UNKNOWN = Told(None, How.UNKNOWN)
NOT_ASKED = Told(None, How.NOT_ASKED)


def tell(count: int, how: How = How.EXACT) -> Told:
    """By the small-number rule."""
    value = told(count)
    return Told(value, How.FEW if value is None else how)


def largest(numbers: Iterable[Told]) -> Told:
    """The largest of numbers of overlapping groups: so many at least are in one or the other."""
    known = list(numbers)
    if not known:
        return UNKNOWN
    best = max(known, key=lambda one: one.value or 0)
    exact = best.how == How.EXACT and len(known) > 1
    return Told(best.value, How.AT_LEAST) if exact else best


def add_up(numbers: Iterable[Told]) -> Told:
    """The sum of those that are told: nothing can be computed from it. At least, when some were left out."""
    all_of_them = [one for one in numbers if one not in (UNKNOWN, NOT_ASKED)]
    values = [one.value for one in all_of_them if one.value is not None]
    if not values:
        return Told(None, How.FEW) if all_of_them else UNKNOWN
    ways = {one.how for one in all_of_them}
    if How.ESTIMATE in ways:
        return Told(sum(values), How.ESTIMATE)
    return Told(sum(values), How.EXACT if ways == {How.EXACT} else How.AT_LEAST)
