"""Subscriptions as browsers make them, many at once."""

import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# As many distinct keys; beyond that they are used again. Endpoints and auth secrets never are.
DISTINCT_KEYS = 100_000
TOKEN_BYTES = 114  # 152 characters, as FCM's


@dataclass(frozen=True, slots=True)
class Made:
    """An endpoint and its raw keys (65 and 16 bytes)."""

    endpoint: str
    p256dh: bytes
    auth: bytes

    def as_browser_gives_it(self) -> dict[str, object]:
        """What PushSubscription.toJSON() gives, as the peers take it."""
        return {"endpoint": self.endpoint, "keys": {"p256dh": _base64url(self.p256dh), "auth": _base64url(self.auth)}}


def make_points(number: int) -> list[bytes]:
    """Public keys of P-256, uncompressed; nobody keeps the private halves."""
    keys = (ec.generate_private_key(ec.SECP256R1()).public_key() for _ in range(number))
    return [key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint) for key in keys]


def make_subscriptions(number: int, hosts: Sequence[str], *, distinct: int = DISTINCT_KEYS) -> Iterator[Made]:
    """So many, spread evenly over the hosts, with ``distinct`` different keys at most."""
    points = make_points(min(number, distinct))
    for point, host in islice(zip(cycle(points), cycle(hosts), strict=False), number):
        yield Made(f"https://{host}/fcm/send/{secrets.token_urlsafe(TOKEN_BYTES)}", point, os.urandom(16))


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
