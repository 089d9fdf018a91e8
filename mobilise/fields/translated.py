"""Texts in several languages: a JSON map from language code to text."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

Texts = dict[str, str]


def pick(texts: Mapping[str, str], language: str, main_language: str) -> str:
    """The text in ``language``; the main language fills in for a missing one, then any that there is."""
    return texts.get(language) or texts.get(main_language) or next((text for text in texts.values() if text), "")


def in_order(texts: Mapping[str, str]) -> list[str]:
    """The texts in the order of the site's languages: databases keep none."""
    return [texts[code] for code, _name in settings.LANGUAGES if texts.get(code)]


class TranslatedField(models.JSONField):
    """A map ``{"fr": "...", "en": "..."}``. ``max_length`` bounds each text, in characters."""

    def __init__(self, *args: Any, max_length: int = 2000, multiline: bool = False, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        self.text_max_length = max_length
        self.multiline = multiline
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """Keeps the bound in migrations."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "max_length": self.text_max_length, "multiline": self.multiline}

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Refuses unknown languages, what is not text, and texts over the bound."""
        super().validate(value, model_instance)
        if not isinstance(value, dict):
            raise ValidationError(_("Texts are a map from language to text."), code="invalid")
        known = dict(settings.LANGUAGES)
        for language, text in value.items():
            if language not in known or not isinstance(text, str):
                raise ValidationError(
                    _("“%(language)s” is not a language of this site."), params={"language": language}
                )
            if len(text) > self.text_max_length:
                raise ValidationError(
                    _("%(language)s: %(count)d characters; at most %(max)d fit."),
                    params={"language": known[language], "count": len(text), "max": self.text_max_length},
                )
        if not self.blank and not any(text.strip() for text in value.values()):
            raise ValidationError(_("Write this in at least one language."), code="blank")
