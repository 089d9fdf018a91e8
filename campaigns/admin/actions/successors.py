"""Choosing where an action leads once it is over: what can follow it, in the order of time."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.fields.moments import MOMENT_FORMAT
from campaigns.models import Action, ActionState

if TYPE_CHECKING:
    ActionChoice = forms.ModelChoiceField[Action]
else:
    ActionChoice = forms.ModelChoiceField


class SuccessorField(ActionChoice):
    """Each with its hour, its kind and its title, as several may have the same."""

    default_error_messages = {"invalid_choice": gettext_lazy("Choose another action of the same campaign.")}

    def label_from_instance(self, obj: Action) -> str:
        """In the action's own zone."""
        when = date_format(obj.starts_at.astimezone(obj.zone), MOMENT_FORMAT)
        label = f"{when} · {capfirst(obj.get_kind_display())} · {obj}"
        if obj.state == ActionState.DRAFT:
            label = _("%(action)s (draft: followers are led there once it is published)") % {"action": label}
        return label


def offer_successors(field: Any, action: Action) -> None:
    """Leaves what is not over, and leads not back to this one; and what was chosen before, whatever became of it."""
    if not isinstance(field, SuccessorField):
        return
    possible = Q(ends_at__gt=timezone.now(), state__in=(ActionState.DRAFT, ActionState.PUBLISHED))
    if action.pk:
        back = [action.pk, *Action.objects.leading_to(action)]
        possible = Q(possible, ~Q(pk__in=back), campaign_id=action.campaign_id) | Q(pk=action.successor_id)
    assert field.queryset is not None  # noqa: S101  # for the type checker: its choices are rows
    field.queryset = field.queryset.filter(possible).order_by("starts_at", "pk")
