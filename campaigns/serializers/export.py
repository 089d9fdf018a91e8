"""All that is kept about a device, as it is handed out to it."""

from typing import Any

from rest_framework import serializers

from mobilise.serializing import Moment


class LeftOutOutput(serializers.Serializer[Any]):
    """Something that is kept and not handed out, and why."""

    what = serializers.CharField()
    why = serializers.CharField()


class ExportOutput(serializers.Serializer[Any]):
    """`kept`: by table, its rows about this device. `left_out`: every column that is not in it, with the reason."""

    site = serializers.CharField()
    made_at = Moment()
    about = serializers.CharField()
    kept = serializers.DictField(child=serializers.ListField(child=serializers.DictField()))
    left_out = LeftOutOutput(many=True)
