"""Typing one text in several languages: an input per language, a JSON map out."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from mobilise.fields import Texts

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
# Longer texts than this get more lines from the start.
SHORT_TEXT = 200


class TextsWidget(forms.MultiWidget):
    """A labelled input (or textarea) per language, each with a count of its characters."""

    template_name = "mobilise/texts.html"

    def __init__(self, limit: int, *, multiline: bool, attrs: dict[str, Any] | None = None) -> None:
        self.limit, self.multiline = limit, multiline
        inner = forms.Textarea if multiline else forms.TextInput
        super().__init__(dict.fromkeys(LANGUAGES, inner), attrs)

    def decompress(self, value: Texts | None) -> list[str]:
        """The texts in the order of the site's languages."""
        return [(value or {}).get(code, "") for code in LANGUAGES]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """One part per language: its code, its own name for itself, id, name, value."""
        context = super().get_context(name, value, attrs)
        parts = context["widget"]["subwidgets"]
        for code, part in zip(LANGUAGES, parts, strict=True):
            part |= {"code": code, "language": get_language_info(code)["name_local"].capitalize()}
        rows = 2 if self.limit <= SHORT_TEXT else 4
        return {**context, "parts": parts, "limit": self.limit, "multiline": self.multiline, "rows": rows}

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """By the project's own templates, which Django's form renderer does not look at."""
        return mark_safe(render_to_string(self.template_name, self.get_context(name, value, attrs)))  # noqa: S308

    def id_for_label(self, id_: str) -> str:
        """The field's own label names the group; each input has its own."""
        return ""


class TextsField(forms.MultiValueField):
    """A map ``{"fr": "...", "en": "..."}`` of the texts that were written; the model field bounds their length."""

    widget: TextsWidget

    def __init__(self, *, limit: int, multiline: bool = False, **kwargs: Any) -> None:
        kwargs["widget"] = TextsWidget(limit, multiline=multiline)
        kwargs.setdefault("error_messages", {"required": _("Write this in at least one language.")})
        self.limit = limit
        fields = [forms.CharField(required=False) for _code in LANGUAGES]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[str]) -> Texts:
        """Leaves out what is empty. A line end counts as one character, as the page counts it."""
        texts = {code: text.replace("\r\n", "\n") for code, text in zip(LANGUAGES, data_list, strict=False)}
        return {code: text for code, text in texts.items() if text}

    def has_changed(self, initial: Texts | None, data: Sequence[str] | None) -> bool:
        """By content."""
        return not self.disabled and self.differs(initial, data)

    def differs(self, stored: Texts | None, typed: Sequence[str] | None) -> bool:
        """Whether these are other texts. How a browser ends a line is no difference."""
        texts = [(text or "").strip().replace("\r\n", "\n") for text in typed or [""] * len(LANGUAGES)]
        return texts != self.widget.decompress(stored)
