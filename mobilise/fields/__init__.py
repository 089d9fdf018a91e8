"""Model fields of our own: encrypted values, and texts in several languages."""

from mobilise.fields.encrypted import (
    EncryptedBytesField,
    EncryptedTextField,
    FieldCipher,
    IndexDigester,
    UndecryptableValue,
    cipher,
    index_digest,
    index_digests,
    index_keys,
)
from mobilise.fields.translated import Texts, TranslatedField, pick

__all__ = [
    "EncryptedBytesField",
    "EncryptedTextField",
    "FieldCipher",
    "IndexDigester",
    "Texts",
    "TranslatedField",
    "UndecryptableValue",
    "cipher",
    "index_digest",
    "index_digests",
    "index_keys",
    "pick",
]
