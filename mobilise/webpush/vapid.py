"""Voluntary application server identification: who sends, proven to the push service (RFC 8292)."""

import base64
import binascii
import hashlib
import json
import re
import threading
from collections.abc import Sequence
from typing import Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

VALIDITY = 12 * 3600
# A cached header is given out only while it is good for this long (seconds).
RENEW_BEFORE_END = 3600
CLOCK_SLACK = 300
MAX_CACHED = 1024

_ALGORITHM = ec.ECDSA(hashes.SHA256())
_MAILTO = re.compile(r"mailto:[A-Za-z0-9.!#$&'*+/=?^_`{|}~-]{1,64}@(?P<host>[A-Za-z0-9.-]{1,253})")
_HTTPS = re.compile(r"https://(?P<host>[A-Za-z0-9.-]{1,253})(:[0-9]{1,5})?(/[!-~]*)?")
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# Names that can be nobody's address (RFC 6761, RFC 6762); Apple answers 403 to them.
_RESERVED = frozenset({"localhost", "localdomain", "local", "test", "example", "invalid", "internal"})


class UnknownVapidKey(KeyError):
    """No key with this fingerprint is configured; a subscription made for it cannot be reached."""


class VapidKey:
    """A P-256 signing key."""

    def __init__(self, private_key: ec.EllipticCurvePrivateKey) -> None:
        self._private_key = private_key
        point = private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public_key = _base64url(point)
        self.fingerprint = hashlib.sha256(point).hexdigest()[:16]

    @classmethod
    def generate(cls) -> Self:
        """A new random key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_string(cls, text: str) -> Self:
        """The key from what `to_string` gives. Raises ValueError, without the text in its message."""
        text = text.strip().rstrip("=")
        if not re.fullmatch(r"[A-Za-z0-9_-]{43}", text):
            raise ValueError("a VAPID private key is 32 bytes as base64url, 43 characters")
        try:
            scalar = int.from_bytes(base64.urlsafe_b64decode(text + "="), "big")
            return cls(ec.derive_private_key(scalar, ec.SECP256R1()))
        except (ValueError, binascii.Error):
            raise ValueError("this VAPID private key is not a number of the P-256 group") from None

    def to_string(self) -> str:
        """The private scalar, 32 bytes, as base64url without padding."""
        return _base64url(self._private_key.private_numbers().private_value.to_bytes(32, "big"))

    def sign(self, message: bytes) -> bytes:
        """The ES256 signature of the message: r and s, 64 bytes (RFC 7518 section 3.4)."""
        r, s = decode_dss_signature(self._private_key.sign(message, _ALGORITHM))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def __repr__(self) -> str:
        return f"<VapidKey {self.fingerprint}>"


class VapidSigner:
    """Makes the Authorization header for each push service, and keeps it while it is good."""

    def __init__(self, keys: Sequence[VapidKey], subject: str) -> None:
        """`subject` is how a push service reaches the operator: a mailto: or https: URL. Raises ValueError."""
        check_subject(subject)
        self._keys = {key.fingerprint: key for key in keys}
        self._subject = subject
        self._headers: dict[tuple[str, str], tuple[str, int]] = {}
        self._lock = threading.Lock()

    def authorization(self, endpoint: str, fingerprint: str, now: float) -> str:
        """The header for this endpoint's origin, signed by the key of this fingerprint (RFC 8292 section 3).

        `now` is in seconds since the epoch. Raises UnknownVapidKey.
        """
        key = self._keys.get(fingerprint)
        if key is None:
            raise UnknownVapidKey(fingerprint)
        cache_key = (origin_of(endpoint), fingerprint)
        cached = self._headers.get(cache_key)
        # The upper bound: after a clock was set back, a header may end too far ahead to be accepted.
        if cached is not None and RENEW_BEFORE_END <= cached[1] - now <= VALIDITY + CLOCK_SLACK:
            return cached[0]
        expires = int(now) + VALIDITY
        header = f"vapid t={_token(key, cache_key[0], expires, self._subject)}, k={key.public_key}"
        with self._lock:
            self._headers.pop(cache_key, None)
            while len(self._headers) >= MAX_CACHED:
                del self._headers[next(iter(self._headers))]
            self._headers[cache_key] = (header, expires)
        return header


def origin_of(endpoint: str) -> str:
    """Scheme, host and, when it is not the default, port: the audience of a token (RFC 8292 section 2)."""
    # Not urlsplit: it keeps what it was given in a cache, and endpoints are secrets.
    scheme, _, rest = endpoint.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0].removesuffix(':443')}"


def check_subject(subject: str) -> None:
    """Raises ValueError unless this is a mailto: or https: URL that could reach somebody (RFC 8292 section 2.1)."""
    address, page = _MAILTO.fullmatch(subject), _HTTPS.fullmatch(subject)
    host = address["host"] if address else page["host"] if page else None
    if host is None:
        raise ValueError("the VAPID subject must be mailto:somebody@their.domain or an https: address")
    if not _is_public_name(host.lower()):
        raise ValueError("the VAPID subject must name a domain that exists on the internet, not a local one")


def _is_public_name(host: str) -> bool:
    # A network address is none: the last label of a name does not begin with a digit.
    return bool(_HOST.fullmatch(host)) and host.rpartition(".")[2] not in _RESERVED


def _token(key: VapidKey, audience: str, expires: int, subject: str) -> str:
    signed = f"{_json({'typ': 'JWT', 'alg': 'ES256'})}.{_json({'aud': audience, 'exp': expires, 'sub': subject})}"
    return f"{signed}.{_base64url(key.sign(signed.encode()))}"


def _json(value: dict[str, str | int]) -> str:
    return _base64url(json.dumps(value, separators=(",", ":")).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
