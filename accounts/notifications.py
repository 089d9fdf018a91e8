"""The messages that a device gets about itself: its alerts are on, the test that it asked for, the operator's check."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings

from accounts.models import Device
from mobilise.fields import pick
from mobilise.webpush import declarative

VERIFICATION_TEXTS = {
    "title": {"fr": "Alertes activées", "en": "Alerts are on"},
    "body": {
        "fr": "Ce téléphone recevra les alertes que vous avez choisies.",
        "en": "This phone will get the alerts that you chose.",
    },
}
RENEWAL_TEXTS = {
    "title": {"fr": "Alertes rétablies", "en": "Alerts are back"},
    "body": {
        "fr": "Ce téléphone reçoit de nouveau les alertes que vous avez choisies.",
        "en": "This phone gets the alerts that you chose again.",
    },
}
TEST_TEXTS = {
    "title": {"fr": "Alerte d'essai", "en": "Test alert"},
    "body": {"fr": "Les alertes arrivent sur ce téléphone.", "en": "Alerts reach this phone."},
}
CANARY_TEXTS = {
    "title": {"fr": "Contrôle automatique", "en": "Automatic check"},
    "body": {"fr": "Ce téléphone vérifie que les alertes arrivent.", "en": "This phone checks that alerts arrive."},
}


def verification_message(device: Device, nonce: str, *, renewal: bool) -> bytes:
    """Declarative Web Push, in the device's language; the worker posts ``nonce`` back. A renewal makes no sound."""
    texts = RENEWAL_TEXTS if renewal else VERIFICATION_TEXTS
    return _message(device, texts, "verification", silent=renewal, receipt=nonce)


def test_message(device: Device, test: str) -> bytes:
    """Declarative Web Push, in the device's language; a tap leads to where the phone is checked."""
    return _message(device, TEST_TEXTS, "test", page="alerts/check", id=test)


def canary_message(device: Device, message: UUID, receipt: str, expires_at: datetime) -> bytes:
    """Declarative Web Push that makes no sound; the worker reports with ``receipt`` that it was shown."""
    data: dict[str, Any] = {"id": str(message), "receipt": receipt, "expires": int(expires_at.timestamp())}
    return _message(device, CANARY_TEXTS, "canary", silent=True, **data)


def _message(
    device: Device,
    texts: dict[str, dict[str, str]],
    kind: str,
    *,
    silent: bool = False,
    page: str = "settings",
    **data: Any,
) -> bytes:
    notification = {
        "title": pick(texts["title"], device.language, settings.LANGUAGE_CODE),
        "body": pick(texts["body"], device.language, settings.LANGUAGE_CODE),
        "navigate": f"{settings.SITE_URL}/{page}",
        "tag": kind,
        "lang": device.language,
        **({"silent": True} if silent else {}),
        "data": {"type": kind, "id": str(uuid4()), **data},
    }
    return declarative.encode(notification)
