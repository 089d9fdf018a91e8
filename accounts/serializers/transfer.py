"""Transfer codes: made, sealed with, entered."""

from typing import Any

from rest_framework import serializers

from mobilise.serializing import Moment

# What is typed may have spaces and dashes.
LONGEST_TYPED = 80
# A few links, invitations and half-written posts, encrypted, as base64url.
LONGEST_SEALED = 12_000


class TransferOutput(serializers.Serializer[Any]):
    """A code, as signs without groups, and until when it is worth something."""

    code = serializers.CharField()
    expires_at = Moment()


class IconTransferOutput(TransferOutput):
    """`manifest`: the address of a manifest that hands this code out as `start_url`, for two hours."""

    manifest = serializers.CharField()


class SealedInput(serializers.Serializer[Any]):
    """What only the phones can read, beside a code of this device. base64url."""

    code = serializers.CharField(max_length=LONGEST_TYPED)
    sealed = serializers.RegexField(r"^[A-Za-z0-9_-]+$", max_length=LONGEST_SEALED)


class TakeOverInput(serializers.Serializer[Any]):
    """The code as it was typed: case, spaces, dashes and look-alikes do not matter."""

    code = serializers.CharField(max_length=LONGEST_TYPED)
