"""Typing figures in: a number, what it counts, its source and hour."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.access import organiser_of
from campaigns.admin.fields.moments import MomentField
from campaigns.admin.fields.texts import TextsField
from campaigns.models import Action, Figure
from campaigns.models.figure import LARGEST
from campaigns.rules import naming_problems, tells_too_early
from mobilise.fields import TranslatedField

if TYPE_CHECKING:
    FigureModelForm = forms.ModelForm[Figure]
else:
    FigureModelForm = forms.ModelForm


def _texts(name: str) -> TextsField:
    found = Figure._meta.get_field(name)
    assert isinstance(found, TranslatedField)  # noqa: S101  # for the type checker
    return TextsField(label=capfirst(found.verbose_name), limit=found.text_max_length, help_text=found.help_text)


class FigureForm(FigureModelForm):
    """One figure. Its hour is typed in the action's zone."""

    value = forms.IntegerField(label=gettext_lazy("Number"), min_value=0, max_value=LARGEST)
    label = _texts("label")
    source = _texts("source")
    as_of = MomentField(label=gettext_lazy("As of"))

    class Meta:
        """All that is typed."""

        model = Figure
        fields = ("value", "label", "source", "as_of")

    def clean_as_of(self) -> Any:
        """A figure was seen: not before now."""
        as_of = self.cleaned_data["as_of"]
        if as_of > timezone.now():
            raise ValidationError(_("This hour has not come yet: when was it seen?"))
        return as_of

    def clean(self) -> dict[str, Any]:
        """Nothing of a hashtag before its minute, nobody who may not be named."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("label", "source"):
            texts = cleaned.get(name, {})
            if tells_too_early(self.instance.action, texts.values(), timezone.now()):
                self.add_error(name, _("The hashtag is not revealed yet: leave it out."))
            for problem in naming_problems(self.instance.action, texts.values()):
                self.add_error(name, problem)
        return cleaned


def form_for(request: HttpRequest, action: Action, figure: Figure | None = None) -> FigureForm:
    """Filled in from what was sent; a new one begins with the action's end, or now."""
    if figure is not None:
        return FigureForm(request.POST or None, instance=figure)
    seen_at = min(action.ends_at, timezone.now()).replace(second=0, microsecond=0)
    return FigureForm(request.POST or None, instance=Figure(action=action), initial={"as_of": seen_at})


def add(request: HttpRequest, form: FigureForm) -> None:
    """Stores a new one, once."""
    if Figure.objects.add(form.instance, organiser_of(request)):
        messages.success(request, _("The figure is saved. Activists see it, with its source, once the action is over."))
    else:
        messages.info(request, _("This figure was saved already."))


def change(request: HttpRequest, form: FigureForm) -> None:
    """Stores the change, unless somebody removed the figure meanwhile."""
    if form.instance.change(**form.cleaned_data, by=organiser_of(request)):
        messages.success(request, _("The figure is changed."))
    else:
        messages.error(request, _("Somebody removed this figure meanwhile."))


def remove(request: HttpRequest, action: Action, pk: int) -> None:
    """Takes it away, here and on the phones."""
    if Figure.objects.remove(action, pk, organiser_of(request)):
        messages.success(request, _("The figure is removed."))
    else:
        messages.info(request, _("This figure was removed already."))
