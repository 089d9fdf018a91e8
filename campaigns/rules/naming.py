"""Names that may not be written: who may not be named, and where it would be."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from campaigns.models import Action, Alert, Person, SolidarityAlert, WithheldName
from campaigns.models.cases.wordings import Wording, wordings_of, wordings_of_alert
from campaigns.names import finds, forms_of

IsName = Callable[[str], bool]
# Read once for an action that is held in memory, however many texts of it are looked at.
KEPT_AS = "_is_withheld_name"


@dataclass(frozen=True, slots=True)
class Place:
    """A text that may still hold a name that was withdrawn."""

    action: Action
    wording: Wording

    @property
    def page(self) -> str:
        """The name of the page on which it is written."""
        return f"{self.action.kind.replace('_', '')}_change"


def naming_problems(action: Action, texts: Iterable[str]) -> list[str]:
    """What is wrong with texts of the action, in words: that they name somebody who may not be named.

    In the case itself any form of the name counts, in the campaign's other actions only what can be nothing else.
    """
    is_name = _withheld_in(action)
    if is_name is None or not any(finds(text, is_name) for text in texts):
        return []
    problem = _("This holds a name, or initials, of somebody whose consent was taken back. Write “one person” instead.")
    return [problem]


def alert_naming_problems(alert: Alert) -> list[str]:
    """The same of an alert's texts."""
    return naming_problems(alert.action, [*alert.title.values(), *alert.body.values()])


def places_of_withheld_names(case: SolidarityAlert) -> list[Place]:
    """Texts of the campaign's actions that may hold a name withheld in this case: for a person to look at."""
    is_name = _is_withheld(list(WithheldName.objects.filter(case_id=case.pk)), case.pk)
    if is_name is None:
        return []
    found = []
    for action in Action.objects.filter(campaign_id=case.campaign_id).select_related("campaign"):
        wordings = wordings_of(action)
        for alert in action.alerts.all():
            wordings += wordings_of_alert(alert)
        found += [Place(action, one) for one in wordings if any(finds(text, is_name) for text in one.texts.values())]
    return found


def _withheld_in(action: Action) -> IsName | None:
    if KEPT_AS not in action.__dict__:
        rows = list(WithheldName.objects.filter(case__campaign_id=action.campaign_id))
        action.__dict__[KEPT_AS] = _is_withheld(rows, action.pk)
    kept: IsName | None = action.__dict__[KEPT_AS]
    return kept


def _is_withheld(rows: Sequence[WithheldName], case_id: int | None) -> IsName | None:
    """None when no name is withheld. In texts of the case ``case_id`` every form of its own names counts."""
    if not rows:
        return None
    public = _public_forms({row.case_id for row in rows})

    def is_name(form: str) -> bool:
        return any(
            form not in public.get(row.case_id, ()) and row.knows(form, whole_only=row.case_id != case_id)
            for row in rows
        )

    return is_name


def _public_forms(cases: Iterable[int]) -> dict[int, set[str]]:
    """{case: forms of the names that may be written there}: somebody else of the same first name, say."""
    public: dict[int, set[str]] = {}
    for person in Person.objects.filter(alert_case__in=list(cases)):
        forms = forms_of(person.public_name or "")
        public.setdefault(person.alert_case_id, set()).update(forms.whole | forms.parts)
    return public
