"""What became of an action, once it is over: our own counts, and figures that its organisers saw elsewhere."""

from typing import Any

from rest_framework import serializers

from campaigns.models.figure import LARGEST
from mobilise.serializing import Moment, TextMap


class FigureOutput(serializers.Serializer[Any]):
    """A figure that organisers typed in, with its source and hour; not counted by this site."""

    id = serializers.UUIDField(source="uuid")
    value = serializers.IntegerField(min_value=0, max_value=LARGEST)
    label = TextMap()  # type: ignore[assignment]  # declared fields are taken out of the class: nothing is hidden
    source = TextMap()  # type: ignore[assignment]  # as above
    as_of = Moment()


class RecapOutput(serializers.Serializer[Any]):
    """How many took part, counted here; null for fewer than 10."""

    joined = serializers.IntegerField(allow_null=True)
    done = serializers.IntegerField(allow_null=True)
