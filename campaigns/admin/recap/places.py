"""Who joined which gathering: small places are told as one number, so that none of them can be computed."""

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from campaigns.models import Action, Stage, Tally
from campaigns.rules import counts_to_merge, told
from mobilise.fields import pick


@dataclass(frozen=True, slots=True)
class Place:
    """A gathering, or several ``together``. ``width``: of 100, for its bar."""

    name: str
    number: int
    width: int
    together: bool = False


def by_place(action: Action, language: str) -> list[Place] | None:
    """From the sums of each gathering, in two statements; None for an action without gatherings.

    Empty when fewer than 10 joined.
    """
    main = action.campaign.main_language
    names = {one.pk: pick(one.name, language, main) or one.address for one in action.gatherings.all()}
    if not names:
        return None
    rows = Tally.objects.filter(action_id=action.pk, stage=Stage.JOINED).order_by().values_list("place")
    sums = dict(rows.annotate(number=Sum("counted")))
    counts = [(name, sums.get(pk, 0)) for pk, name in names.items()]
    # Those who named no place, and those whose place was taken off the list.
    elsewhere = sum(number for place, number in sums.items() if place not in names)
    return draw([*counts, (_("no place named"), elsewhere)] if elsewhere else counts)


def draw(counts: list[tuple[str, int]]) -> list[Place]:
    """The largest first, the small ones as one at the end."""
    if told(sum(number for _name, number in counts)) is None:
        return []
    merged = counts_to_merge([number for _name, number in counts])
    shown = sorted((one for place, one in enumerate(counts) if place not in merged), key=lambda one: -one[1])
    together = [one for place, one in enumerate(counts) if place in merged]
    rest = sum(number for _name, number in together)
    most = max([number for _name, number in shown] + [rest])
    places = [Place(name, number, _width(number, most)) for name, number in shown]
    if together:
        names = ", ".join(name for name, _number in together)
        places.append(Place(names, rest, _width(rest, most), together=True))
    return places


def _width(number: int, most: int) -> int:
    """Whoever is there is seen."""
    return max(round(number * 100 / most), 1)
