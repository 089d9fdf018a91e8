"""Persons of a solidarity alert on its page: where they are, and their consent to be named."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaigns.admin.actions import hints
from campaigns.admin.base import RoleInline
from campaigns.admin.cases.refusing import WithoutWithheldNames
from campaigns.admin.fields.moments import DAY_FORMAT, MOMENT_FORMAT
from campaigns.admin.seen import SEEN, AsSeen
from campaigns.models import Person, SolidarityAlert
from campaigns.models.cases.withdrawal import Withdrawn, withdraw_consent

if TYPE_CHECKING:
    PersonModelFormSet = forms.BaseInlineFormSet[Person, SolidarityAlert, "forms.ModelForm[Person]"]
else:
    PersonModelFormSet = forms.BaseInlineFormSet


class PersonFormSet(PersonModelFormSet):
    """A name that is deleted here, or with its person, is a consent that was withdrawn."""

    withdrawn: list[Withdrawn]
    # Who saves: set by the page.
    by: User | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.withdrawn = []

    def save_existing(self, form: Any, obj: Person, commit: bool = True) -> Person:
        """Takes the name out of all texts first."""
        if "name" in form.changed_data and not obj.name:
            stored = self._withdraw(obj)
            for name in ("consent_how", "consented_on", "withdrawn_on"):
                setattr(obj, name, getattr(stored, name))
        saved: Person = super().save_existing(form, obj, commit)
        return saved

    def delete_existing(self, obj: Person, commit: bool = True) -> None:
        """The same, then the person."""
        self._withdraw(obj)
        super().delete_existing(obj, commit)

    def _withdraw(self, obj: Person) -> Person:
        stored = Person.objects.select_related("alert_case__campaign").get(pk=obj.pk)
        self.withdrawn.append(withdraw_consent(stored, timezone.now(), self.by))
        return stored


class PersonForm(AsSeen, WithoutWithheldNames):
    """One person: a page from before a withdrawal does not bring their name back."""


class PersonInline(RoleInline):
    """Named only with the person's own dated consent; the status moves by the buttons on top of the page."""

    model = Person
    form = PersonForm
    formset = PersonFormSet
    readonly_fields = ("steps", "withdrawal")
    fieldsets = (
        (None, {"fields": ("place", "at", "steps", SEEN)}),
        (
            gettext_lazy("Name"),
            {"fields": ("name", ("consented_on", "consent_how"), "withdrawal"), "description": hints.naming},
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """With their steps."""
        return super().get_queryset(request).prefetch_related("steps")

    @admin.display(description=gettext_lazy("so far"))
    def steps(self, person: Person) -> str:
        """Each status with its hour."""
        return steps_in_words(person) if person.pk else _("Begins as “summoned”.")

    @admin.display(description=gettext_lazy("consent withdrawn on"))
    def withdrawal(self, person: Person) -> str:
        """The day, or that there was none."""
        return date_format(person.withdrawn_on, DAY_FORMAT) if person.withdrawn_on else _("not withdrawn")


def steps_in_words(person: Person) -> str:
    """Each status so far, with its hour."""
    return " → ".join(f"{step.get_status_display()} ({when(step.at)})" for step in person.steps.all())


def when(moment: datetime) -> str:
    """A moment in the page's zone."""
    return date_format(timezone.localtime(moment), MOMENT_FORMAT)
