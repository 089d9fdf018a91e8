"""The nonce that an alert's message carries, so that a phone can report once what became of it."""

import hmac
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from mobilise.fields import IndexDigester, index_digests

NONCE_BYTES = 16
MAC_BYTES = 16
RECEIPT_LENGTH = 43
_PURPOSE = "receipt"


class ReceiptMaker:
    """Makes the receipts of one alert."""

    def __init__(self, alert_uuid: UUID) -> None:
        self._digester = IndexDigester(_PURPOSE, alert_uuid.bytes)

    def make(self) -> bytes:
        """A fresh random nonce and its MAC for this alert: 43 characters of base64url, stored nowhere."""
        nonce = os.urandom(NONCE_BYTES)
        return urlsafe_b64encode(nonce + self._digester.digest(nonce)[:MAC_BYTES]).rstrip(b"=")


def make_receipt(alert_uuid: UUID) -> str:
    """One receipt of an alert."""
    return ReceiptMaker(alert_uuid).make().decode()


def check_receipt(alert_uuid: UUID, text: str) -> bytes | None:
    """The 16 bytes of the nonce if ``text`` is one that we made for this alert, else None."""
    if len(text) != RECEIPT_LENGTH or not text.isascii():
        return None
    try:
        raw = urlsafe_b64decode(text + "=")
    except ValueError:
        return None
    nonce, mac = raw[:NONCE_BYTES], raw[NONCE_BYTES:]
    ours = [hmac.compare_digest(mac, made[:MAC_BYTES]) for made in index_digests(_PURPOSE, alert_uuid.bytes, nonce)]
    return nonce if any(ours) else None
