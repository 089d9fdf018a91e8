"""Pushing one message to one subscription: policy, encryption, VAPID, headers, transport (RFC 8030 section 5)."""

import math
import re
import time
from dataclasses import dataclass, field

from mobilise.webpush.answers import Answer
from mobilise.webpush.encryption import InvalidSubscriptionKeys, encrypt
from mobilise.webpush.endpoints import EndpointPolicy, EndpointRefused
from mobilise.webpush.transport import Transport
from mobilise.webpush.vapid import UnknownVapidKey, VapidSigner

# Below the 3993 that RFC 8291 leaves: some services have taken less.
MAX_MESSAGE = 2600
# Four weeks, in seconds: FCM answers 400 to more, as it does to who may not send at all.
MAX_TTL = 28 * 24 * 3600
URGENCIES = ("very-low", "low", "normal", "high")

_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")


class MessageTooLong(ValueError):
    """The plaintext has more than MAX_MESSAGE bytes."""


@dataclass(frozen=True, slots=True)
class Target:
    """A subscription: raw keys (65 and 16 bytes) and the fingerprint of the VAPID key that it was made for."""

    endpoint: str
    p256dh: bytes
    auth: bytes
    vapid_fingerprint: str

    def __repr__(self) -> str:
        # The endpoint is a secret; a traceback or a log line must not show it.
        return "<Target>"


@dataclass(frozen=True, slots=True)
class Message:
    """What is pushed. `ttl` in seconds, at least 1; a later message with the same `topic` replaces this one.

    Raises MessageTooLong, and ValueError for a header that RFC 8030 does not allow.
    """

    body: bytes = field(repr=False)
    ttl: int
    urgency: str
    topic: str | None

    def __post_init__(self) -> None:
        if len(self.body) > MAX_MESSAGE:
            raise MessageTooLong(f"a message has at most {MAX_MESSAGE} bytes, this one {len(self.body)}")
        if self.ttl < 1:
            raise ValueError("ttl must be at least one second")
        if self.urgency not in URGENCIES:
            raise ValueError(f"urgency must be one of {', '.join(URGENCIES)}")
        if self.topic is not None and not _TOPIC.fullmatch(self.topic):
            raise ValueError("topic must be 1 to 32 characters of base64url")


class Pusher:
    """Sends messages; holds no state of its own beside what it was given."""

    def __init__(self, transport: Transport, signer: VapidSigner, policy: EndpointPolicy) -> None:
        self._transport = transport
        self._signer = signer
        self._policy = policy

    async def push(self, target: Target, message: Message, *, queue_until: float = math.inf) -> Answer:
        """One attempt. What is wrong with the target is an answer too: error "endpoint", "keys" or "vapid".

        `queue_until` as for `Transport.post`.
        """
        try:
            # Before the costly part; the transport checks again, as nothing may pass it unchecked.
            self._policy.check(target.endpoint)
            authorization = self._signer.authorization(target.endpoint, target.vapid_fingerprint, time.time())
            body = encrypt(message.body, target.p256dh, target.auth)
        except EndpointRefused:
            return _refused("endpoint")
        except UnknownVapidKey:
            return _refused("vapid")
        except InvalidSubscriptionKeys:
            return _refused("keys")
        headers = _headers(message, authorization)
        return await self._transport.post(target.endpoint, headers, body, queue_until=queue_until)


def _headers(message: Message, authorization: str) -> dict[str, str]:
    headers = {
        "Authorization": authorization,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(message.ttl),
        "Urgency": message.urgency,
    }
    if message.topic is not None:
        headers["Topic"] = message.topic
    return headers


def _refused(error: str) -> Answer:
    return Answer(status=None, retry_after=None, error=error, elapsed=0.0)
