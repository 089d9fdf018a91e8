"""Sessions of organisers, of which the database gives nothing away.

Django's own rows hold the cookie's value, with which anybody is signed in, and data that decodes without any key. Here
the row's key is a keyed digest of the cookie's value, and the data is encrypted under FIELD_KEYS.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, cast

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from mobilise.fields import UndecryptableValue, cipher, index_digest, index_digests
from mobilise.fields.rotation import Progress

PURPOSE = b"session"
# The column has room for 40 characters: 160 bits of the digest.
DIGEST_LENGTH = 40


def row_key(session_key: str) -> str:
    """Under which key the row of a session is stored: 40 hexadecimal digits of HMAC(INDEX_KEY, the cookie's value)."""
    return index_digest("session", session_key.encode()).hex()[:DIGEST_LENGTH]


def possible_row_keys(session_key: str) -> list[str]:
    """The same under each key of INDEX_KEY: who signed in before it was changed stays signed in."""
    return [digest.hex()[:DIGEST_LENGTH] for digest in index_digests("session", session_key.encode())]


def reencrypt_sessions() -> Progress:
    """Encrypts what older keys of FIELD_KEYS did with the first one. One that opens with none signs nobody in."""
    progress = Progress()
    for key, stored in Session.objects.values_list("session_key", "session_data"):
        if _is_current(stored):
            progress.current += 1
        elif (plain := _opened(stored)) is not None:
            # Unless it changes meanwhile: then it is written with the first key anyway.
            row = Session.objects.filter(session_key=key, session_data=stored)
            progress.renewed += row.update(session_data=_sealed(plain))
    return progress


def _is_current(session_data: str) -> bool:
    try:
        return cipher().is_current(urlsafe_b64decode(session_data))
    except ValueError:
        return False


def _sealed(plain: bytes) -> str:
    return urlsafe_b64encode(cipher().encrypt(plain, PURPOSE)).decode()


def _opened(session_data: bytes | str) -> bytes | None:
    try:
        return cipher().decrypt(urlsafe_b64decode(session_data), PURPOSE)
    except (UndecryptableValue, ValueError):
        return None


class SessionStore(db.SessionStore):
    """Django's store, with digests for keys and ciphertexts for data. What does not open is no session."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Encrypted, base64url."""
        return _sealed(self.serializer().dumps(session_dict))

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """The reverse; {} for what another key made, which signs its owner out."""
        plain = _opened(session_data)
        try:
            return {} if plain is None else cast(dict[str, Any], self.serializer().loads(plain))
        except ValueError:
            return {}

    def exists(self, session_key: str) -> bool:
        """Whether a session with this cookie is stored."""
        return Session.objects.filter(session_key__in=possible_row_keys(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """The row to store, under the digest; under that of a former key, if that is how it is stored."""
        row = super().create_model_instance(data)
        current, *former = possible_row_keys(row.session_key)
        known = Session.objects.filter(session_key__in=former).values_list("session_key", flat=True) if former else []
        row.session_key = next(iter(known), current)
        return row

    def delete(self, session_key: str | None = None) -> None:
        """Ends a session: this one, or the one with the given cookie."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key__in=possible_row_keys(key)).delete()

    def _get_session_from_db(self) -> Session | None:
        found = Session.objects.filter(session_key__in=possible_row_keys(self.session_key or ""))
        row = found.filter(expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
        return row
