"""What the page of a solidarity alert has beside others: the case on top, and its buttons. A GET changes nothing."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone

from campaigns import rules
from campaigns.admin.access import organiser_of
from campaigns.admin.actions import hints
from campaigns.admin.alerts.proposed import ProposedAlerts
from campaigns.admin.cases import moving
from campaigns.admin.cases.persons import PersonFormSet, steps_in_words
from campaigns.admin.explain import REFUSALS, explain
from campaigns.models import NEXT_STATUSES, Person, PersonStatus, PersonStep, SolidarityAlert
from campaigns.models.cases.withdrawal import withdraw_consent

if TYPE_CHECKING:
    from campaigns.admin.actions.page import ActionAdmin

    class Inner(ProposedAlerts, ActionAdmin):
        """What it is mixed into."""
else:
    Inner = ProposedAlerts

WITHDRAW = "withdraw"


class CasePage(Inner):
    """Confirming, moving a person's status on, withdrawing a consent."""

    def get_urls(self) -> list[URLPattern]:
        """Two more than every action has."""
        wrap, name = self.admin_site.admin_view, f"campaigns_{self.opts.model_name}"
        return [
            path("<int:pk>/confirm/", wrap(self.confirm_view), name=f"{name}_confirm"),
            path("<int:pk>/persons/<int:person_pk>/<slug:verb>/", wrap(self.person_view), name=f"{name}_person"),
            *super().get_urls(),
        ]

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Still true: checked now."""
        case: SolidarityAlert = self.action_or_404(request, pk)
        source = request.POST.get("source", "")
        return self._do(request, pk, lambda now: [moving.confirm(case, source, now, organiser_of(request))])

    def person_view(self, request: HttpRequest, pk: int, person_pk: int, verb: str) -> HttpResponse:
        """Moves a person's status on, or removes their name."""
        case: SolidarityAlert = self.action_or_404(request, pk)
        person = get_object_or_404(Person, pk=person_pk, alert_case=case)
        person.alert_case = case
        by, source = organiser_of(request), request.POST.get("source", case.source)

        def act(now: datetime) -> list[str]:
            if verb == WITHDRAW:
                return moving.say_withdrawn(withdraw_consent(person, now, by))
            return [moving.move_on(case, person, verb, source, now, by)]

        return self._do(request, pk, act)

    def _do(self, request: HttpRequest, pk: int, act: Callable[[datetime], list[str]]) -> HttpResponse:
        if request.method == "POST":
            try:
                for text in act(timezone.now()):
                    messages.success(request, text)
            except REFUSALS as error:
                messages.error(request, explain(error))
        return self.page_of(pk)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Says what became of a name that was deleted in the form."""
        if isinstance(formset, PersonFormSet):
            formset.by = organiser_of(request)
        super().save_formset(request, form, formset, change)
        if isinstance(formset, PersonFormSet):
            for text in [text for done in formset.withdrawn for text in moving.say_withdrawn(done)]:
                messages.success(request, text)

    def proposed_alerts(self, action: Any) -> Collection[int]:
        """Those that go with the persons' statuses of now."""
        steps = PersonStep.objects.filter(person__alert_case=action, proposal__isnull=False).select_related("person")
        return [step.proposal_id for step in steps if step.proposal_id and step.status == step.person.status]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> Any:  # type: ignore[override]  # only obj is looked at
        """Adds the case: when it was checked, who is where, what may follow, and where a name may still stand."""
        case: SolidarityAlert | None = kwargs.get("obj")
        if case:
            persons = case.persons.prefetch_related("steps")
            context |= {
                "unconfirmed": case.is_unconfirmed(timezone.now()),
                "persons": [_describe(person) for person in persons],
                "places": rules.places_of_withheld_names(case),
                "naming_hint": hints.naming,
            }
        return super().render_change_form(request, context, **kwargs)


def _describe(person: Person) -> dict[str, Any]:
    following = [status for status in PersonStatus if status in NEXT_STATUSES[person.status]]
    return {"person": person, "steps": steps_in_words(person), "following": following}
