"""Persons of a solidarity alert: how their case moves on, and their consent to be named."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin import hints
from campaigns.admin.base import RoleInline
from campaigns.admin.explain import REFUSALS, explain
from campaigns.admin.moments import MOMENT_FORMAT
from campaigns.models import IllegalTransition, Person, PersonStatus
from campaigns.models.kinds import NEXT_STATUSES

if TYPE_CHECKING:
    from campaigns.admin.buttons import ButtonViews as Inner
else:
    Inner = object

BUTTON = '<button type="submit" form="verbs" formaction="../persons/{}/{}/">{}</button>'


class PersonInline(RoleInline):
    """Named only with the person's own dated consent; the status moves by buttons."""

    model = Person
    readonly_fields = ("steps", "moves")
    fieldsets = (
        (None, {"fields": ("place", "at", "steps", "moves")}),
        (gettext_lazy("Name"), {"fields": ("name", "consented_on"), "description": hints.naming}),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """With their steps."""
        return super().get_queryset(request).prefetch_related("steps")

    @admin.display(description=gettext_lazy("so far"))
    def steps(self, person: Person) -> str:
        """Each status with its hour."""
        if person.pk is None:
            return _("Begins as “summoned”.")
        return " → ".join(f"{step.get_status_display()} ({_when(step.at)})" for step in person.steps.all())

    @admin.display(description=gettext_lazy("now"))
    def moves(self, person: Person) -> SafeString | str:
        """A button for each status that may follow, and one for the consent."""
        if person.pk is None:
            return "-"
        targets = [status for status in PersonStatus.values if status in NEXT_STATUSES[person.status]]
        buttons = [(person.pk, target, str(PersonStatus(target).label)) for target in targets]
        if person.name:
            buttons.append((person.pk, "withdraw", _("Consent withdrawn: remove the name")))
        return format_html('<span class="buttons">{}</span>', format_html_join("", BUTTON, buttons))


class PersonViews(Inner):
    """The addresses of those buttons."""

    def get_urls(self) -> list[URLPattern]:
        """One more than every action has."""
        wrap = self.admin_site.admin_view
        return [path("<int:pk>/persons/<int:person_pk>/<slug:verb>/", wrap(self.person_view)), *super().get_urls()]

    def person_view(self, request: HttpRequest, pk: int, person_pk: int, verb: str) -> HttpResponse:
        """Moves a person's status on, or removes their name."""
        case = self.action_or_404(request, pk)
        person = get_object_or_404(Person, pk=person_pk, alert_case=case)
        if request.method == "POST":
            try:
                messages.success(request, _move(person, verb))
            except REFUSALS as error:
                messages.error(request, explain(error))
        return self.page_of(pk)


def _when(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), MOMENT_FORMAT)


def _move(person: Person, verb: str) -> str:
    if verb == "withdraw":
        person.withdraw_consent()
        return _("The name is removed, here and wherever it was shown from here.")
    if verb not in PersonStatus.values:
        raise IllegalTransition(person, "status", verb)
    person.become(verb, timezone.now())
    return _("The status is now: %(status)s. Write an alert below if followers should know.") % {
        "status": person.get_status_display()
    }
