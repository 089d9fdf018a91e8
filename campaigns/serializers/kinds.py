"""What only one kind of action has."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from campaigns.models import BroadcastMedium, Declaration, HashtagPush, Person, PersonStatus
from mobilise.serializing import LineMap, Moment, Representation, TextMap


class HashtagPushOutput(serializers.Serializer[Any]):
    """Hashtag, link, talking points and questions; before `reveal_at` nothing that holds the hashtag.

    Without a hashtag and without `reveal_at`: it was withdrawn, and nobody is to use it any more.
    """

    hashtag = serializers.CharField(allow_null=True)
    reveal_at = Moment(allow_null=True)
    link = serializers.CharField(allow_blank=True)
    talking_points = LineMap()
    questions = serializers.SerializerMethodField()

    @extend_schema_field(
        {"type": ["object", "null"], "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    )
    def get_questions(self, push: HashtagPush) -> Representation | None:
        """The campaign's own, or None for the usual ones."""
        return LineMap().to_representation(push.questions) or None

    def to_representation(self, push: HashtagPush) -> Representation:
        """Takes out the hashtag, and each line and link in which it is written, until it is revealed."""
        shown: Representation = super().to_representation(push)
        now: datetime = self.context["now"]
        if push.is_revealed(now):
            return shown
        return {
            **shown,
            "hashtag": None,
            "reveal_at": None if push.withdrawn_at else shown["reveal_at"],
            "link": "" if _holds(shown["link"], push.hashtag) else shown["link"],
            "talking_points": _without(shown["talking_points"], push.hashtag),
            "questions": _without(shown["questions"] or {}, push.hashtag) or None,
        }


def _holds(text: str, hashtag: str) -> bool:
    return hashtag.casefold() in text.casefold()


def _without(lists: Mapping[str, list[str]], hashtag: str) -> dict[str, list[str]]:
    kept = {language: [line for line in lines if not _holds(line, hashtag)] for language, lines in lists.items()}
    return {language: lines for language, lines in kept.items() if lines}


class RallyCallOutput(serializers.Serializer[Any]):
    """Where the rally stands with the authorities, and practical information."""

    declaration = serializers.ChoiceField(Declaration.choices)
    practical = TextMap()


class PersonStepOutput(serializers.Serializer[Any]):
    """One moment in a person's case."""

    status = serializers.ChoiceField(PersonStatus.choices)
    at = Moment()


class PersonOutput(serializers.Serializer[Any]):
    """A person, named only with their consent: else `name` is null ("one person")."""

    id = serializers.UUIDField(source="uuid")
    name = serializers.SerializerMethodField()
    status = serializers.ChoiceField(PersonStatus.choices)
    place = TextMap()
    at = Moment(allow_null=True)
    steps = PersonStepOutput(many=True)

    def get_name(self, person: Person) -> str | None:
        """The name if there is a consent."""
        return person.public_name


class SolidarityAlertOutput(serializers.Serializer[Any]):
    """Persons, what to do, who confirmed it and when, the legal team's number."""

    what_to_do = TextMap()
    source = serializers.CharField()  # type: ignore[assignment]  # declared fields are taken out of the class
    checked_at = Moment()
    legal_phone = serializers.CharField(source="campaign.legal_phone", allow_blank=True)
    persons = PersonOutput(many=True)


class BroadcastOutput(serializers.Serializer[Any]):
    """Where it is to be seen or heard: the medium, its name, and a link (empty: none yet, or none at all)."""

    medium = serializers.ChoiceField(BroadcastMedium.choices)
    platform = serializers.CharField()
    link = serializers.CharField(allow_blank=True)
