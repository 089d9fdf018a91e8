"""The browser's side of a subscription: its keys, and what it makes of a message."""

import base64
import os
import secrets
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription with its private key. `p256dh` and `auth` are raw bytes; `token` is the endpoint's last part."""

    endpoint: str
    token: str
    p256dh: bytes
    auth: bytes
    private_key: ec.EllipticCurvePrivateKey = field(repr=False)

    def decrypt(self, body: bytes) -> bytes:
        """The plaintext of an aes128gcm body, by an implementation that is not ours."""
        plaintext: bytes = http_ece.decrypt(body, private_key=self.private_key, auth_secret=self.auth)
        return plaintext

    def to_json(self) -> dict[str, Any]:
        """What a browser's PushSubscription.toJSON() gives."""
        keys = {"p256dh": _base64url(self.p256dh), "auth": _base64url(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}


def make_subscription(host: str, name: str = "") -> Subscription:
    """A new subscription at this host; `name` makes its token readable."""
    private_key = ec.generate_private_key(ec.SECP256R1())
    token = f"{name}{'-' if name else ''}{secrets.token_urlsafe(24)}"
    return Subscription(
        endpoint=f"https://{host}/push/{token}",
        token=token,
        p256dh=private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        auth=os.urandom(16),
        private_key=private_key,
    )


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
