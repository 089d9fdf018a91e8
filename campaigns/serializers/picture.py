"""Pictures that organisers uploaded."""

from typing import Any

from rest_framework import serializers


class PictureOutput(serializers.Serializer[Any]):
    """Where it is read, and its size in pixels. Another picture has another address."""

    path = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
