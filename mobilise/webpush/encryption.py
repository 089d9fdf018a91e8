"""Message encryption for Web Push: RFC 8291 on top of the aes128gcm coding of RFC 8188."""

import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

# RFC 8291 section 4: a push service need not take more than 4096 bytes of body.
MAX_BODY = 4096
RECORD_SIZE = 4096
HEADER_SIZE = 16 + 4 + 1 + 65
MAX_PLAINTEXT = MAX_BODY - HEADER_SIZE - 1 - 16

_CURVE = ec.SECP256R1()
_ECDH = ec.ECDH()
_SHA256 = SHA256()


class InvalidSubscriptionKeys(ValueError):
    """The keys of a subscription are not what RFC 8291 section 2 asks for; the message never holds them."""


def check_keys(p256dh: bytes, auth: bytes) -> ec.EllipticCurvePublicKey:
    """The point that `p256dh` encodes. Raises InvalidSubscriptionKeys."""
    if len(auth) != 16:
        raise InvalidSubscriptionKeys("auth must have 16 bytes")
    if len(p256dh) != 65 or p256dh[0] != 4:
        raise InvalidSubscriptionKeys("p256dh must be an uncompressed P-256 point of 65 bytes")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, p256dh)
    except ValueError:
        raise InvalidSubscriptionKeys("p256dh is not a point of P-256") from None


def encrypt(
    plaintext: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    sender_key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of a push message: one aes128gcm record for the browser with these keys (RFC 8291 section 3).

    `p256dh` is the raw point of 65 bytes, `auth` the raw secret of 16 bytes. `salt` and `sender_key` must be
    fresh for each message and are parameters only so that the examples of the RFC can be reproduced.
    Raises InvalidSubscriptionKeys, and ValueError for more than MAX_PLAINTEXT bytes.
    """
    if len(plaintext) > MAX_PLAINTEXT:
        raise ValueError(f"a push message holds at most {MAX_PLAINTEXT} bytes")
    receiver = check_keys(p256dh, auth)
    sender = sender_key or ec.generate_private_key(_CURVE)
    sender_public = sender.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared_secret = sender.exchange(_ECDH, receiver)
    key_info = b"WebPush: info\x00" + p256dh + sender_public
    keying_material = _expand(_hmac(auth, shared_secret), key_info)
    return seal(plaintext, keying_material, salt or os.urandom(16), sender_public)


def seal(plaintext: bytes, keying_material: bytes, salt: bytes, key_id: bytes) -> bytes:
    """One aes128gcm record, which is also the last: header, then the ciphertext (RFC 8188 section 2)."""
    pseudo_random_key = _hmac(salt, keying_material)
    key = _expand(pseudo_random_key, b"Content-Encoding: aes128gcm\x00")[:16]
    # The nonce of the first record is XORed with the sequence number 0: section 2.3.
    nonce = _expand(pseudo_random_key, b"Content-Encoding: nonce\x00")[:12]
    header = salt + RECORD_SIZE.to_bytes(4, "big") + bytes((len(key_id),)) + key_id
    return header + AESGCM(key).encrypt(nonce, plaintext + b"\x02", None)


def _expand(pseudo_random_key: bytes, info: bytes) -> bytes:
    # HKDF-Expand (RFC 5869) needs a single block here: nothing longer than one SHA-256 is asked for.
    return _hmac(pseudo_random_key, info + b"\x01")


def _hmac(key: bytes, message: bytes) -> bytes:
    # Twice as fast as hmac.digest, which looks the algorithm up for each call.
    code = HMAC(key, _SHA256)
    code.update(message)
    return code.finalize()
