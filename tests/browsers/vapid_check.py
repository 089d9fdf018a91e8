"""What a push service checks of an application server's VAPID header (RFC 8292)."""

import base64
import json
import time

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature


def decode_base64url(text: str) -> bytes:
    """With or without padding."""
    text = text.rstrip("=")
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def vapid_fault(authorization: str, origin: str, subscription_key: bytes | None) -> str | None:
    """Why the header is refused, None when it is fine.

    `subscription_key` is the applicationServerKey of the subscription, None for one that is not restricted.
    """
    scheme, _, parameters = authorization.partition(" ")
    if scheme.lower() != "vapid":
        return f"not a vapid header: {authorization[:40]!r}"
    pairs = dict(part.strip().split("=", 1) for part in parameters.split(",") if "=" in part)
    if not {"t", "k"} <= pairs.keys():
        return "t or k is missing"
    key = decode_base64url(pairs["k"])
    if subscription_key is not None and key != subscription_key:
        return "signed with a key that is not the subscription's"
    try:
        return _token_fault(pairs["t"], key, origin)
    except (ValueError, KeyError, InvalidSignature) as error:
        return f"broken token: {error!r}"


def _token_fault(token: str, key: bytes, origin: str) -> str | None:
    signed, _, signature = token.rpartition(".")
    raw = decode_base64url(signature)
    if len(raw) != 64:
        return f"the signature has {len(raw)} bytes instead of 64"
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    public.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    header, claims = (json.loads(decode_base64url(part)) for part in signed.split("."))
    if header.get("alg") != "ES256":
        return f"alg is {header.get('alg')!r}"
    if claims["aud"] != origin:
        return f"aud is {claims['aud']!r} instead of {origin!r}"
    left = claims["exp"] - time.time()
    if not 0 < left <= 24 * 3600:
        return f"exp is {left:.0f} s away"
    if not str(claims.get("sub", "")).startswith(("mailto:", "https://")):
        return f"sub is {claims.get('sub')!r}"
    return None
