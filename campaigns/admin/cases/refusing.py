"""Forms that take no name of somebody who may not be named: refused beside the field, nothing typed is lost."""

from typing import TYPE_CHECKING, Any

from django import forms

from campaigns import rules
from campaigns.models import Action
from campaigns.models.cases.wordings import text_fields

if TYPE_CHECKING:
    AnyModelForm = forms.ModelForm[Any]
else:
    AnyModelForm = forms.ModelForm


class WithoutWithheldNames(AnyModelForm):
    """A form of an action, or of something that belongs to one."""

    def _post_clean(self) -> None:
        """Looks at the texts that were changed, once the row is made of them."""
        super()._post_clean()  # type: ignore[misc]  # the hook for just this, unknown to the stubs
        typed = {field.name for field in text_fields(self.instance.__class__)} & set(self.changed_data)
        action = _action_of(self.instance) if typed else None
        if action is None:
            return
        for name in sorted(typed & set(self.cleaned_data)):
            value = self.cleaned_data[name]
            texts = value.values() if isinstance(value, dict) else [value or ""]
            for problem in rules.naming_problems(action, texts):
                self.add_error(name, problem)


def _action_of(row: Any) -> Action | None:
    """None while the action is not stored: whose names it may not hold is not known."""
    action = row if isinstance(row, Action) else None
    for name in ("action", "alert_case"):
        if getattr(row, f"{name}_id", None) is not None:
            action = getattr(row, name)
    return action if action is not None and action.campaign_id is not None else None
