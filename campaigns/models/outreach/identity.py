"""Who is who among officials: the same person in the lists of two campaigns, without one seeing the other's list."""

import hmac
import os
import re
import unicodedata

from django.db import models

from mobilise.fields import EncryptedBytesField

_TITLES = frozenset({"m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "docteur", "me", "maitre"})
_LONG = {"st": "saint", "ste": "sainte"}
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_NOT_A_WORD = re.compile(r"[^0-9a-z]+")
_TOWN_HALL = re.compile(r"^(?:mairie|commune|ville) (?:de |du |des |d )")


def plain(text: str) -> str:
    """Without accents, capitals and signs: "St-Étienne" and "SAINT ETIENNE" are the same."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(_LONG.get(word, word) for word in _NOT_A_WORD.split(letters) if word)


def normalise(name: str, commune: str, departement: str) -> str:
    """What two spellings of one person have in common; names are read in any order.

    The function is left out: "Maire" and "Maire de Nulle-Part" are one person, and so is a mayor who sits elsewhere
    too. Two people of one name in one commune would count as one: they would be called less, not more.
    """
    words = sorted(word for word in plain(name).split() if word not in _TITLES)
    return "\0".join((" ".join(words), _TOWN_HALL.sub("", plain(commune)), departement))


class IdentityKey(models.Model):
    """The site's random key of these digests, encrypted at rest. There is one row.

    Not INDEX_KEY: officials' names are deleted after the deadline, so nothing could digest them anew under another
    key, and "stop" would be forgotten with the old one.
    """

    key = EncryptedBytesField()

    @classmethod
    def get(cls) -> bytes:
        """The key, made by whoever asks first."""
        row, _ = cls.objects.get_or_create(pk=1, defaults={"key": os.urandom(32)})
        return bytes(row.key)


def digest_identity(key: bytes, name: str, commune: str, departement: str) -> bytes:
    """HMAC-SHA-256, 32 bytes."""
    return hmac.digest(key, normalise(name, commune, departement).encode(), "sha256")
