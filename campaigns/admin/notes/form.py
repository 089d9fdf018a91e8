"""The one line that is typed."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.fields.texts import TextsField
from campaigns.models import Action, LiveNote
from campaigns.rules import naming_problems, tells_too_early
from mobilise.fields import TranslatedField
from mobilise.fields.translated import Texts


def _model_field() -> TranslatedField:
    found = LiveNote._meta.get_field("text")
    assert isinstance(found, TranslatedField)  # noqa: S101  # for the type checker
    return found


LIMIT = _model_field().text_max_length


class NoteForm(forms.Form):
    """A line in one language or several."""

    text = TextsField(
        label=gettext_lazy("Live note"),
        limit=LIMIT,
        help_text=gettext_lazy("One line. A language that is missing shows the main one's, or the one there is."),
    )

    def __init__(self, action: Action, now: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action, self.now = action, now

    def clean_text(self) -> Texts:
        """One line each, within the bound, and nothing of a hashtag before its minute, nobody who may not be named."""
        typed: Texts = self.cleaned_data["text"]
        texts = {code: " ".join(text.split()) for code, text in typed.items() if text.split()}
        _model_field().clean(texts, None)
        if tells_too_early(self.action, texts.values(), self.now):
            raise ValidationError(_("The hashtag is not revealed yet: leave it out."))
        if problems := naming_problems(self.action, texts.values()):
            raise ValidationError(problems)
        return texts
