"""Devices: their settings."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.departements import DEPARTEMENTS
from accounts.models import LockScreen
from accounts.models.device import validate_time_zone
from mobilise.serializing import LanguageField

Values = dict[str, Any]


class DeviceInput(serializers.Serializer[Any]):
    """A new device's language and zone, and whether alerts may bring it cards to keep."""

    language = LanguageField()
    time_zone = serializers.CharField(max_length=60, validators=[validate_time_zone])
    keep_cards = serializers.BooleanField(default=True)


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class Clock(serializers.TimeField):
    """An hour and minute, "22:00"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)


class QuietHours(serializers.Serializer[Any]):
    """From when to when only what cannot wait rings, in the device's own zone; it may go over midnight."""

    start = Clock(source="quiet_start")
    end = Clock(source="quiet_end")

    def validate(self, values: Values) -> Values:
        """They have a length."""
        if values["quiet_start"] == values["quiet_end"]:
            raise serializers.ValidationError({"end": "This must differ from the start."})
        return values

    def to_representation(self, device: Any) -> Any:
        """None when the device has none."""
        return None if device.quiet_hours is None else super().to_representation(device)


class DevicePatchInput(serializers.Serializer[Any]):
    """What a device may change about itself. Absent: stays as it is."""

    language = LanguageField(required=False)
    time_zone = serializers.CharField(max_length=60, validators=[validate_time_zone], required=False)
    quiet_hours = QuietHours(required=False, allow_null=True)
    lock_screen = serializers.ChoiceField(LockScreen.choices, required=False)
    keep_cards = serializers.BooleanField(required=False)
    departement = serializers.ChoiceField(sorted(DEPARTEMENTS), required=False, allow_null=True)

    def validate(self, values: Values) -> Values:
        """As the device's own columns."""
        if "quiet_hours" in values:
            values |= values.pop("quiet_hours") or {"quiet_start": None, "quiet_end": None}
        if "departement" in values:
            values["departement"] = values["departement"] or ""
        return values
