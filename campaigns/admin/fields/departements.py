"""Choosing departements: the phone's own list, several at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.departements import DEPARTEMENT_NAMES

CHOICES = [(code, f"{code} {name}") for code, name in DEPARTEMENT_NAMES.items()]


class DepartementsField(forms.MultipleChoiceField):
    """A list of codes, in the order of the codes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=CHOICES,
            required=False,
            widget=forms.SelectMultiple({"size": 6}),
            error_messages={"invalid_choice": _("Choose departements of the list.")},
            **kwargs,
        )

    def clean(self, value: Any) -> list[str]:
        """Sorted: the same choice is the same content."""
        return sorted(set(super().clean([code for code in value or [] if code])))
