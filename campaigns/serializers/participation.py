"""A device's part in an action, the counts that everybody sees, receipts."""

from typing import Any

from rest_framework import serializers

from campaigns.models import ReceiptEvent, Stage
from mobilise.serializing import Moment, TextMap


class ParticipationInput(serializers.Serializer[Any]):
    """How far one's part has gone; `gathering`: absent leaves it as it is, null takes it out.

    `waited`: it was made in the action's time, and waited on the phone for a network. No hour is asked for or kept.
    """

    stage = serializers.ChoiceField(Stage.choices)
    gathering = serializers.UUIDField(required=False, allow_null=True)
    waited = serializers.BooleanField(required=False)


class ParticipationOutput(serializers.Serializer[Any]):
    """`stage` is null for no part; `counted`: it is among the public counts, as the device is verified."""

    stage = serializers.ChoiceField(Stage.choices, allow_null=True)
    gathering = serializers.UUIDField(source="gathering.uuid", allow_null=True)
    counted = serializers.BooleanField(source="verified")


class OwnParticipationOutput(serializers.Serializer[Any]):
    """One entry of the device's own list."""

    action = serializers.UUIDField(source="action.uuid")
    stage = serializers.ChoiceField(Stage.choices)
    gathering = serializers.UUIDField(source="gathering.uuid", allow_null=True)
    counted = serializers.BooleanField(source="verified")


class NoteOutput(serializers.Serializer[Any]):
    """One line of the organisers while it runs."""

    id = serializers.UUIDField(source="uuid")
    at = Moment()
    text = TextMap()


class PulseOutput(serializers.Serializer[Any]):
    """How many take part; null for fewer than 10. `notes`: the newest of the organisers first, while it runs."""

    as_of = Moment()
    joined = serializers.IntegerField(allow_null=True)
    done = serializers.IntegerField(allow_null=True)
    notes = NoteOutput(many=True)


class ReceiptInput(serializers.Serializer[Any]):
    """What became of an alert, with the nonce that came with it."""

    event = serializers.ChoiceField(ReceiptEvent.choices)
    nonce = serializers.CharField(max_length=100)
