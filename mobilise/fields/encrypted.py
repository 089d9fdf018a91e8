"""Values that the database holds only encrypted (AES-256-GCM), with keys that live outside it."""

import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from mobilise.keys import decode_key

KEY_ID_BYTES = 4
NONCE_BYTES = 12
_SHA256 = SHA256()


class UndecryptableValue(ValueError):
    """No key that is configured opens this value."""


class FieldCipher:
    """Encrypts with the first key, decrypts with all: a stored value names its key by 4 bytes."""

    def __init__(self, keys: str) -> None:
        raw = [decode_key(text, "FIELD_KEYS") for text in keys.split(",") if text.strip()]
        if not raw:
            raise ImproperlyConfigured("FIELD_KEYS holds no key.")
        self._ciphers = {hashlib.sha256(key).digest()[:KEY_ID_BYTES]: AESGCM(key) for key in raw}
        # The names of the keys, as stored values begin with them.
        self.key_ids = list(self._ciphers)
        self.current = self.key_ids[0]

    def encrypt(self, plaintext: bytes, purpose: bytes) -> bytes:
        """key id | nonce | ciphertext and tag. ``purpose`` is bound: a value moved to another column does not open."""
        nonce = os.urandom(NONCE_BYTES)
        return self.current + nonce + self._ciphers[self.current].encrypt(nonce, plaintext, purpose)

    def decrypt(self, stored: bytes, purpose: bytes) -> bytes:
        """Raises UndecryptableValue."""
        key_id, nonce = stored[:KEY_ID_BYTES], stored[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES]
        try:
            return self._ciphers[key_id].decrypt(nonce, stored[KEY_ID_BYTES + NONCE_BYTES :], purpose)
        except (KeyError, InvalidTag, ValueError) as error:
            raise UndecryptableValue("No configured key opens this value.") from error

    def is_current(self, stored: bytes) -> bool:
        """Whether the value was encrypted with the first key."""
        return stored[:KEY_ID_BYTES] == self.current


@lru_cache(maxsize=4)
def _cipher_for(keys: str) -> FieldCipher:
    return FieldCipher(keys)


def cipher() -> FieldCipher:
    """The cipher of FIELD_KEYS."""
    return _cipher_for(settings.FIELD_KEYS)


@lru_cache(maxsize=4)
def _index_keys(text: str) -> tuple[bytes, ...]:
    keys = tuple(decode_key(key, "INDEX_KEY") for key in text.split(",") if key.strip())
    if not keys:
        raise ImproperlyConfigured("INDEX_KEY holds no key.")
    return keys


def index_keys() -> tuple[bytes, ...]:
    """All keys of INDEX_KEY, 32 bytes each: the first makes digests, what any made is found. Usually there is one."""
    return _index_keys(settings.INDEX_KEY)


def index_digest(purpose: str, *parts: bytes) -> bytes:
    """HMAC-SHA-256 under INDEX_KEY, 32 bytes: for look-ups by a value that is not stored. Parts are length-prefixed."""
    return IndexDigester(purpose, *parts[:-1]).digest(parts[-1])


def index_digests(purpose: str, *parts: bytes) -> list[bytes]:
    """The same under each key, the first first: under which a row may be found while the key is being changed."""
    whole = b"".join([_prefixed(part) for part in (purpose.encode(), *parts)])
    return [hmac.digest(key, whole, "sha256") for key in index_keys()]


class IndexDigester:
    """`index_digest` for many values of the last part: what they share is computed once."""

    def __init__(self, purpose: str, *parts: bytes) -> None:
        self._begun = HMAC(index_keys()[0], _SHA256)
        self._begun.update(b"".join([_prefixed(part) for part in (purpose.encode(), *parts)]))

    def digest(self, last: bytes) -> bytes:
        """32 bytes."""
        code = self._begun.copy()
        code.update(_prefixed(last))
        return code.finalize()


def _prefixed(part: bytes) -> bytes:
    return len(part).to_bytes(4, "big") + part


class EncryptedBytesField(models.BinaryField):  # type: ignore[type-arg]  # generic in the stubs only
    """Bytes, encrypted at rest. Not searchable, by design."""

    @property
    def purpose(self) -> bytes:
        """What the ciphertext is bound to: its table and column."""
        return f"{self.model._meta.db_table}.{self.column}".encode()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Encrypts on the way in."""
        if value is not None:
            value = cipher().encrypt(bytes(value), self.purpose)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        """Decrypts on the way out."""
        return None if value is None else cipher().decrypt(bytes(value), self.purpose)


class EncryptedTextField(EncryptedBytesField):
    """Text, encrypted at rest."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)
        self.editable = True

    def _check_str_default_value(self) -> list[Any]:
        """BinaryField's check refuses text as a default; here text is what goes in."""
        return []

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Encodes as UTF-8, then encrypts."""
        encoded = value.encode() if isinstance(value, str) else value
        return super().get_db_prep_value(encoded, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Decrypts, then decodes."""
        plain = super().from_db_value(value, expression, connection)
        return None if plain is None else plain.decode()

    def to_python(self, value: Any) -> Any:
        """Text stays text: BinaryField would read it as base64."""
        return value

    def value_to_string(self, obj: models.Model) -> str:
        """Plain text, for forms."""
        return str(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> Any:
        """An ordinary one-line text input."""
        return models.CharField(max_length=200, blank=self.blank, verbose_name=self.verbose_name).formfield(**kwargs)
