"""A device's Web Push subscription: one encrypted blob, found by a keyed digest of its endpoint."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, models, transaction

from accounts.models.device import Device, digest_secret
from mobilise.coarse import next_hour
from mobilise.fields import UndecryptableValue, cipher, index_digest, index_digests

AUTH_BYTES = 16
P256DH_BYTES = 65
BLOB_PURPOSE = b"accounts_subscription.blob"
UNVERIFIED_GRACE = timedelta(days=1)
NONCE_LIFETIME = timedelta(days=1)
# What a BinaryField gives: bytes on SQLite, a memoryview on PostgreSQL.
Blob = bytes | memoryview


class EndpointTaken(Exception):
    """Another device has this endpoint, with other keys."""


@dataclass(frozen=True, slots=True)
class PushKeys:
    """What the browser gave: the endpoint (https URL), p256dh (65 bytes), auth (16 bytes)."""

    endpoint: str
    p256dh: bytes
    auth: bytes

    def seal(self) -> bytes:
        """auth | p256dh | endpoint, encrypted as the database keeps it."""
        return cipher().encrypt(self.auth + self.p256dh + self.endpoint.encode(), BLOB_PURPOSE)

    @classmethod
    def open(cls, blob: Blob) -> "PushKeys":
        """The reverse of seal. Raises UndecryptableValue."""
        plain = cipher().decrypt(bytes(blob), BLOB_PURPOSE)
        keys_end = AUTH_BYTES + P256DH_BYTES
        return cls(plain[keys_end:].decode(), plain[AUTH_BYTES:keys_end], plain[:AUTH_BYTES])

    def equals(self, blob: Blob) -> bool:
        """Whether ``blob`` seals these very keys; compared in constant time, False when it does not open."""
        try:
            other = PushKeys.open(blob)
        except UndecryptableValue:
            return False
        return self.endpoint == other.endpoint and hmac.compare_digest(
            self.p256dh + self.auth, other.p256dh + other.auth
        )


def digest_endpoint(endpoint: str) -> bytes:
    """HMAC(INDEX_KEY, endpoint), 32 bytes."""
    return index_digest("endpoint", endpoint.encode())


def possible_digests(endpoint: str) -> list[bytes]:
    """Under which it may be found: one for each key of INDEX_KEY, that of now first."""
    return index_digests("endpoint", endpoint.encode())


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    """Registering."""

    def register(self, device: Device, keys: PushKeys, *, host: str, fingerprint: str, today: date) -> "Subscription":
        """Stores the browser's subscription for ``device``: the same again changes nothing, a new one replaces.

        An endpoint that another device has moves here when the same keys are presented (the browser lost its
        cookie); else raises EndpointTaken. Two devices racing for one endpoint: the second gets EndpointTaken.
        """
        digest = digest_endpoint(keys.endpoint)
        try:
            with transaction.atomic():
                holder = self.select_for_update().filter(endpoint_digest__in=possible_digests(keys.endpoint)).first()
                if holder and holder.device_id != device.pk:
                    if not keys.equals(holder.blob):
                        raise EndpointTaken
                    holder.delete()
                return self._store(device, keys, digest, host=host, fingerprint=fingerprint, today=today)
        except IntegrityError as error:
            raise EndpointTaken from error

    def _store(
        self, device: Device, keys: PushKeys, digest: bytes, *, host: str, fingerprint: str, today: date
    ) -> "Subscription":
        """Updates the device's row if it differs, or makes it."""
        current = self.select_for_update().filter(device=device).first()
        if current and current.vapid_fingerprint == fingerprint and keys.equals(current.blob):
            if bytes(current.endpoint_digest) != digest:
                # Made under a former key: this phone has come over by itself.
                current.endpoint_digest = digest
                current.save(update_fields=["endpoint_digest"])
            return current
        row, _ = self.update_or_create(
            device=device,
            defaults={
                "endpoint_digest": digest,
                "blob": keys.seal(),
                "host": host,
                "vapid_fingerprint": fingerprint,
                "made_on": today,
                "verified_on": None,
                "nonce_digest": "",
                "nonce_expires_at": None,
                "failures": 0,
                "test": None,
                "test_answer": "",
            },
        )
        return row


class Subscription(models.Model):
    """The subscription of one device. Its endpoint never comes back out of an API, a page or a log."""

    device = models.OneToOneField(Device, on_delete=models.CASCADE, primary_key=True, related_name="subscription")
    endpoint_digest = models.BinaryField(max_length=32, unique=True)
    # Not an EncryptedBytesField: one blob that does not open must not spoil the window of rows it is read in.
    blob = models.BinaryField()
    host = models.CharField(max_length=255)
    vapid_fingerprint = models.CharField(max_length=16)
    made_on = models.DateField()
    verified_on = models.DateField(null=True)
    nonce_digest = models.CharField(max_length=64, blank=True)
    nonce_expires_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    # The last test alert that the device asked for, and what the push service said of it; "" until it has.
    test = models.UUIDField(null=True)
    test_answer = models.CharField(max_length=10, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"subscription of device {self.device_id}"

    @property
    def keys(self) -> PushKeys:
        """The endpoint and its keys, decrypted. Raises UndecryptableValue."""
        return PushKeys.open(self.blob)

    @property
    def verified(self) -> bool:
        """Whether this phone has proved that pushes arrive."""
        return self.verified_on is not None

    def is_at(self, endpoint: str) -> bool:
        """Whether this is the subscription at that address, under whichever key it was found by."""
        return bytes(self.endpoint_digest) in possible_digests(endpoint)

    def issue_nonce(self, now: datetime) -> str:
        """A fresh nonce for a verification push; only its digest is kept."""
        nonce = secrets.token_urlsafe(24)
        self.nonce_digest, self.nonce_expires_at = digest_secret(nonce), next_hour(now + NONCE_LIFETIME)
        self.save(update_fields=["nonce_digest", "nonce_expires_at"])
        return nonce

    def begin_test(self) -> UUID:
        """A test alert is asked for; what is heard of an earlier one counts no more."""
        self.test, self.test_answer = uuid4(), ""
        self.save(update_fields=["test", "test_answer"])
        return self.test

    def note_test(self, test: UUID, answer: str) -> bool:
        """What the push service said of the test alert. False when another was asked for since."""
        return bool(Subscription.objects.filter(pk=self.pk, test=test).update(test_answer=answer))

    def verify(self, nonce: str, now: datetime) -> bool:
        """Takes the nonce that came by push, once. True when it was the right one (or already verified by it)."""
        updated = Subscription.objects.filter(
            pk=self.pk,
            nonce_digest=digest_secret(nonce),
            nonce_expires_at__gt=now,
            endpoint_digest=self.endpoint_digest,
        ).update(verified_on=now.date(), nonce_digest="", nonce_expires_at=None)
        if updated:
            self.verified_on = now.date()
        return bool(updated)
