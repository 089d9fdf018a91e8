"""What a push service keeps: subscriptions, the messages waiting for each, and records for the test to read."""

import itertools
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

_versions = itertools.count(1)


@dataclass
class Message:
    """One push message; `in_flight`: given to the browser on the present connection and not yet acknowledged."""

    body: bytes
    ttl: int
    topic: str | None
    version: str = field(default_factory=lambda: f"v{next(_versions)}-{secrets.token_urlsafe(8)}")
    created: float = field(default_factory=time.time)
    in_flight: bool = False

    @property
    def expired(self) -> bool:
        """Whether its time to live is over."""
        return time.time() > self.created + self.ttl


@dataclass
class Subscription:
    """One browser subscription; `browser` is whom to deliver to, `channel` how that browser calls it."""

    token: str
    browser: str
    channel: str
    key: bytes | None
    details: Mapping[str, str] = field(default_factory=dict)
    gone: bool = False
    waiting: list[Message] = field(default_factory=list)

    def add(self, message: Message) -> None:
        """A message with a topic takes the place of a waiting one with the same (RFC 8030, section 5.4)."""
        if message.topic:
            self.waiting = [other for other in self.waiting if other.topic != message.topic]
        self.waiting.append(message)

    def due(self) -> list[Message]:
        """Messages to hand over now; forgets the expired ones."""
        self.waiting = [message for message in self.waiting if not message.expired]
        return [message for message in self.waiting if not message.in_flight]

    def connection_is_new(self) -> None:
        """What was given on the old connection and never acknowledged is to be given again."""
        for message in self.waiting:
            message.in_flight = False

    def remove(self, version: str) -> None:
        """Forgets a message that was acknowledged, or that nobody is there for."""
        self.waiting = [message for message in self.waiting if message.version != version]


@dataclass(frozen=True)
class Request:
    """One POST of the application server and how it was answered."""

    token: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    reason: str


@dataclass(frozen=True)
class Ack:
    """The browser's word on one message: 100 handed to the worker, 101 could not be decrypted, 102 not delivered."""

    token: str
    version: str
    code: int


@dataclass
class ScriptedAnswer:
    """An answer that the test wants; `times` is how often it is still to be given, None for always."""

    status: int
    headers: Mapping[str, str]
    times: int | None
