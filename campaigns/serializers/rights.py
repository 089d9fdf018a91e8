"""The rights sheet."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

LISTS = extend_schema_field({"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}})
TEXTS = extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}})


@LISTS
class Lists(serializers.DictField):
    """Lists of texts by language code."""


@TEXTS
class Texts(serializers.DictField):
    """A text by language code."""


class TopicOutput(serializers.Serializer[Any]):
    """One situation: short statements, and where they come from."""

    id = serializers.CharField()
    title = Texts()
    points = Lists()
    sources = Lists()


class RightsOutput(serializers.Serializer[Any]):
    """Information, not legal advice: the law of one country, as of `checked_on`. The main language is the first."""

    version = serializers.IntegerField()
    jurisdiction = serializers.CharField()
    checked_on = serializers.DateField()
    languages = serializers.ListField(child=serializers.CharField())
    topics = TopicOutput(many=True)
