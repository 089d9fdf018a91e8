"""The secrets that live outside the database: how they are written, read and made."""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from django.core.exceptions import ImproperlyConfigured

from mobilise.webpush.vapid import VapidKey

KEY_BYTES = 32


def decode_key(text: str, name: str) -> bytes:
    """The 32 bytes of a base64url key. Raises ImproperlyConfigured that names the setting."""
    try:
        key = urlsafe_b64decode(text.strip() + "=" * (-len(text.strip()) % 4))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} holds a key that is not base64url.") from error
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} holds a key of {len(key)} bytes; {KEY_BYTES} are needed.")
    return key


def generate_key() -> str:
    """A fresh random key, base64url, as FIELD_KEYS and INDEX_KEY take it."""
    return urlsafe_b64encode(os.urandom(KEY_BYTES)).decode().rstrip("=")


def generate_secrets() -> dict[str, str]:
    """Fresh values of all that the settings refuse to start without."""
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": generate_key(),
        "INDEX_KEY": generate_key(),
        "VAPID_PRIVATE_KEYS": VapidKey.generate().to_string(),
    }


def as_environment(values: dict[str, str]) -> str:
    """NAME=value lines, as an environment file has them."""
    return "".join(f"{name}={value}\n" for name, value in values.items())
