"""Subscriptions: the browser's PushSubscription as it is, checked; only two facts ever come out again."""

import binascii
from base64 import urlsafe_b64decode
from typing import Any

from rest_framework import serializers

from accounts.models import PushKeys, Subscription
from accounts.models.subscription import AUTH_BYTES, P256DH_BYTES
from accounts.pusher import policy, vapid_keys
from mobilise.webpush.encryption import InvalidSubscriptionKeys, check_keys
from mobilise.webpush.endpoints import MAX_LENGTH, EndpointRefused

Values = dict[str, Any]


class Base64Url(serializers.CharField):
    """Bytes as base64url, with or without padding; ``length`` of them."""

    def __init__(self, *, length: int, **kwargs: Any) -> None:
        self.length = length
        super().__init__(max_length=4 * length, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """The bytes."""
        text = super().to_internal_value(data).rstrip("=")
        try:
            decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError) as error:
            raise serializers.ValidationError("This is not base64url.") from error
        if len(decoded) != self.length:
            raise serializers.ValidationError(f"This must be {self.length} bytes.")
        return decoded


class KeysInput(serializers.Serializer[Any]):
    """The keys that messages are encrypted for (RFC 8291 section 2)."""

    p256dh = Base64Url(length=P256DH_BYTES)
    auth = Base64Url(length=AUTH_BYTES)

    def validate(self, values: Values) -> Values:
        """The point lies on the curve."""
        try:
            check_keys(values["p256dh"], values["auth"])
        except InvalidSubscriptionKeys as error:
            raise serializers.ValidationError({"p256dh": str(error)}) from error
        return values


class SubscriptionInput(serializers.Serializer[Any]):
    """PushSubscription.toJSON(), the key that it was made for, and whether the app made it anew by itself.

    A `renewal` is verified without a sound: nobody asked for it just now.
    """

    endpoint = serializers.CharField(max_length=MAX_LENGTH, trim_whitespace=False)
    expirationTime = serializers.FloatField(required=False, allow_null=True)  # noqa: N815  # the browsers' name
    keys = KeysInput()
    application_server_key = Base64Url(length=P256DH_BYTES)
    renewal = serializers.BooleanField(default=False)

    def validate_endpoint(self, endpoint: str) -> str:
        """It leads to a push service that is known here."""
        try:
            policy().check(endpoint)
        except EndpointRefused as error:
            raise serializers.ValidationError(str(error), code=error.code) from error
        return endpoint

    def validate_application_server_key(self, public_key: bytes) -> str:
        """It is one of ours: as its fingerprint."""
        for key in vapid_keys():
            if urlsafe_b64decode(key.public_key + "=") == public_key:
                return key.fingerprint
        raise serializers.ValidationError("This is no key of this site.")

    def validate(self, values: Values) -> Values:
        """As Subscription.objects.register takes it."""
        keys = PushKeys(values["endpoint"], values["keys"]["p256dh"], values["keys"]["auth"])
        host = policy().check(keys.endpoint)
        fingerprint = values["application_server_key"]
        return {"keys": keys, "host": host, "fingerprint": fingerprint, "renewal": values["renewal"]}


class SubscriptionOutput(serializers.Serializer[Any]):
    """Whether pushes are proved to arrive, and whether the subscription was made for the key handed out now."""

    verified = serializers.BooleanField()
    key_current = serializers.SerializerMethodField()

    def get_key_current(self, subscription: Subscription) -> bool:
        """False: the app subscribes again with the new key."""
        return subscription.vapid_fingerprint == vapid_keys()[0].fingerprint


class VerificationInput(serializers.Serializer[Any]):
    """The nonce that came by push."""

    nonce = serializers.RegexField(r"^[A-Za-z0-9_-]+$", max_length=64)
