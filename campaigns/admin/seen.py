"""Forms that overwrite nothing that somebody else changed since their page was made; nothing typed is lost."""

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from campaigns.admin.fields.moments import keep_moments

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm

# The name of the field: listed in the fieldsets of whatever uses such a form.
SEEN = "seen"


class SeenField(forms.CharField):
    """What the organiser had before them, as a digest. Nobody types it: it never is a change."""

    widget = forms.HiddenInput

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Never."""
        return False


class AsSeen(AnyModelForm):
    """A form of a stored row that is refused when the row is not what the page showed any more."""

    seen = SeenField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Now: validation writes what was typed into the row.
        self._stored = _digest_of(self.instance, self.fields) if self.instance.pk else ""
        self.fields[SEEN].initial = self._stored
        keep_moments(self)

    def clean(self) -> dict[str, Any]:
        """The same once more, as of a button that was tapped twice, changes nothing and is let pass."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        seen = cleaned.get(SEEN)
        if seen and self._stored and seen != self._stored and self.changed_data:
            text = _("Somebody changed this meanwhile: what is typed here is not stored. Reload the page to see it.")
            self.add_error(None, ValidationError(text, code="stale"))
        return cleaned


def _digest_of(row: models.Model, names: Any) -> str:
    """SHA-256 of the columns that the form shows."""
    columns = [column for column in row._meta.concrete_fields if column.name in names]
    values = [[column.name, _as_typed(getattr(row, column.attname))] for column in columns]
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def _as_typed(value: Any) -> Any:
    """Pages show moments to the minute: a form that is saved untouched takes their seconds away."""
    return value.replace(second=0, microsecond=0) if isinstance(value, datetime) else value
