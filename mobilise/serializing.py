"""Serializer fields that the whole API shares."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

Representation = dict[str, Any]
LANGUAGE_CODES = [code for code, _ in settings.LANGUAGES]


@extend_schema_field({"type": "string", "pattern": "^[a-z]{2,3}$", "description": "One of the languages in `config`"})
class LanguageField(serializers.ChoiceField):
    """A code of one of the site's languages, which the document does not name: a further one changes no client."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(LANGUAGE_CODES, **kwargs)


class Moment(serializers.DateTimeField):
    """ISO 8601 in UTC, ending with Z, whatever zone the process has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})
class TextMap(serializers.Field[Any, Any, Any, Any]):
    """A text by language code; languages without a text are left out."""

    def to_representation(self, value: Mapping[str, str]) -> Representation:
        """{"fr": "...", "en": "..."}."""
        return {language: text for language, text in value.items() if text}


@extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}})
class LineMap(serializers.Field[Any, Any, Any, Any]):
    """A text of one point per line, by language code, as lists."""

    def to_representation(self, value: Mapping[str, str]) -> Representation:
        """{"fr": ["...", "..."]}."""
        lists = {
            language: [line.strip() for line in text.splitlines() if line.strip()] for language, text in value.items()
        }
        return {language: lines for language, lines in lists.items() if lines}


class ErrorOutput(serializers.Serializer[Any]):
    """What every error looks like; `fields` only with the code "invalid"."""

    code = serializers.CharField()
    detail = serializers.CharField()
    # Declared fields are taken out of the class: the property `fields` of serializers stays what it is.
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


def utc_text(moment: datetime) -> str:
    """The same, outside a serializer."""
    return str(Moment().to_representation(moment))
