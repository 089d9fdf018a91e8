"""A device with what it follows."""

from typing import Any

from rest_framework import serializers

from accounts.models import Device, LockScreen
from accounts.serializers.device import QuietHours
from accounts.serializers.subscription import SubscriptionOutput
from campaigns.serializers.campaign import FollowOutput
from mobilise.serializing import LanguageField


class DeviceOutput(serializers.Serializer[Any]):
    """All settings of a device, its subscription's state, what it follows."""

    id = serializers.UUIDField(source="uuid")
    language = LanguageField()
    time_zone = serializers.CharField()
    quiet_hours = QuietHours(source="*", allow_null=True)
    lock_screen = serializers.ChoiceField(LockScreen.choices)
    keep_cards = serializers.BooleanField()
    departement = serializers.SerializerMethodField()
    subscription = SubscriptionOutput(allow_null=True)
    follows = FollowOutput(many=True)

    def get_departement(self, device: Device) -> str | None:
        """Its code, or None."""
        return device.departement or None
