"""The messages that a device gets about itself: its alerts are on, and the test that it asked for."""

import json
from typing import Any
from uuid import uuid4

from django.conf import settings

from accounts.models import Device
from mobilise.fields import pick

VERIFICATION_TEXTS = {
    "title": {"fr": "Alertes activées", "en": "Alerts are on"},
    "body": {
        "fr": "Ce téléphone recevra les alertes que vous avez choisies.",
        "en": "This phone will get the alerts that you chose.",
    },
}
TEST_TEXTS = {
    "title": {"fr": "Alerte d'essai", "en": "Test alert"},
    "body": {"fr": "Les alertes arrivent sur ce téléphone.", "en": "Alerts reach this phone."},
}


def verification_message(device: Device, nonce: str) -> bytes:
    """Declarative Web Push, in the device's language; the worker posts ``nonce`` back."""
    return _message(device, VERIFICATION_TEXTS, "verification", receipt=nonce)


def test_message(device: Device) -> bytes:
    """Declarative Web Push, in the device's language."""
    return _message(device, TEST_TEXTS, "test")


def _message(device: Device, texts: dict[str, dict[str, str]], kind: str, **data: Any) -> bytes:
    notification = {
        "title": pick(texts["title"], device.language, settings.LANGUAGE_CODE),
        "body": pick(texts["body"], device.language, settings.LANGUAGE_CODE),
        "navigate": f"{settings.SITE_URL}/settings",
        "tag": kind,
        "lang": device.language,
        "data": {"type": kind, "id": str(uuid4()), **data},
    }
    return json.dumps({"web_push": 8030, "mutable": True, "notification": notification}, ensure_ascii=False).encode()
