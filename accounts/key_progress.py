"""How far a change of keys is: what is under the key of now, what under a former one, what under none that is known."""

from collections import Counter
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db.models import Count

from accounts.adapter import is_current
from accounts.models import PushKeys, Subscription
from accounts.models.subscription import BLOB_PURPOSE, possible_digests
from accounts.pusher import vapid_keys
from accounts.second_factors import SECRET_ENTRIES
from mobilise.fields import UndecryptableValue, cipher, index_keys
from mobilise.fields.rotation import SealedColumn, count_by_key, encrypted_columns

# With one index key there is nothing to come over: so many of the newest show whether it is the right one.
INDEX_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Share:
    """``keys``: how many are configured. Values under the first of them, under another, under none of them."""

    keys: int
    current: int = 0
    former: int = 0
    lost: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.current + self.former + self.lost

    @property
    def percent(self) -> int:
        """How much is done; 100 only when all is."""
        return 100 if self.current == self.total else min(99, 100 * self.current // self.total)

    @property
    def is_done(self) -> bool:
        """Nothing is left under a former key."""
        return not self.former


def field_keys() -> Share:
    """Encrypted values of all columns, second factors among them. A statement for each column."""
    counts: Counter[str] = Counter()
    for column in [*encrypted_columns(), SealedColumn(Subscription, "blob", BLOB_PURPOSE)]:
        for key, number in count_by_key(column).items():
            counts[_standing(key)] += number
    for data in Authenticator.objects.values_list("data", flat=True):
        sealed = [data[name] for name in SECRET_ENTRIES if name in data]
        if sealed:
            counts["current" if all(map(is_current, sealed)) else "former"] += 1
    return Share(len(cipher().key_ids), **counts)


def _standing(key: bytes) -> str:
    known = cipher().key_ids
    return "current" if key == known[0] else "former" if key in known else "lost"


def index_key() -> Share:
    """Subscriptions, by the key under which they are found. Each has to be opened: a second for some 100,000."""
    keys, counts = len(index_keys()), Counter[str]()
    rows = Subscription.objects.order_by("-pk").values_list("blob", "endpoint_digest")
    for blob, digest in rows.iterator() if keys > 1 else rows[:INDEX_SAMPLE]:
        counts[_found_by(bytes(blob), bytes(digest))] += 1
    return Share(keys, **counts)


def _found_by(blob: bytes, digest: bytes) -> str:
    try:
        ours = possible_digests(PushKeys.open(blob).endpoint)
    except UndecryptableValue:
        return "lost"
    return "current" if digest == ours[0] else "former" if digest in ours else "lost"


def vapid() -> Share:
    """Subscriptions, by the key that they were made for."""
    known = [key.fingerprint for key in vapid_keys()]
    counts: Counter[str] = Counter()
    rows = Subscription.objects.order_by().values_list("vapid_fingerprint").annotate(Count("pk"))
    for fingerprint, number in rows:
        name = "current" if fingerprint == known[0] else "former" if fingerprint in known else "lost"
        counts[name] += number
    return Share(len(known), **counts)
