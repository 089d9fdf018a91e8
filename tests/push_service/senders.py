"""Senders for tests of the sending side: the real transport and pusher, aimed at the push service of the tests."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from mobilise.webpush.addresses import Address, LookUp, look_up
from mobilise.webpush.answers import Answer
from mobilise.webpush.endpoints import EndpointPolicy
from mobilise.webpush.pusher import Message, Pusher, Target
from mobilise.webpush.transport import Transport
from mobilise.webpush.vapid import VapidKey, VapidSigner
from tests.push_service.client import PushService
from tests.push_service.subscriptions import Subscription

SUBJECT = "mailto:alerts@campaign.example.org"
KEY = VapidKey.generate()

T = TypeVar("T")


class LeadsTo:
    """DNS that answers every name with these addresses, and this port."""

    def __init__(self, addresses: Sequence[str], port: int = 443) -> None:
        self.addresses = list(addresses)
        self.port = port

    async def __call__(self, host: str, port: int) -> list[Address]:
        """The addresses, whatever the name."""
        return [(address, self.port) for address in self.addresses]


class LeadsNowhere(LeadsTo):
    """DNS that knows no name."""

    async def __call__(self, host: str, port: int) -> list[Address]:
        """Raises what a resolver raises."""
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def make_transport(
    service: PushService,
    *,
    extra_hosts: Sequence[str] | None = None,
    trusted: bool = True,
    connect_timeout: float = 5,
    total_timeout: float = 30,
    per_host: int = 100,
    resolver: LookUp = look_up,
) -> Transport:
    """A transport that may reach the service, unless `extra_hosts` or `trusted` say otherwise."""
    return Transport(
        EndpointPolicy(service.extra_hosts if extra_hosts is None else extra_hosts),
        ca_file=service.ca_file if trusted else None,
        connect_timeout=connect_timeout,
        total_timeout=total_timeout,
        per_host=per_host,
        resolve=resolver,
    )


def using(transport: Transport, work: Callable[[Transport], Awaitable[T]]) -> T:
    """Runs the work on an event loop of its own and closes the transport's connections after it."""

    async def work_and_close() -> T:
        try:
            return await work(transport)
        finally:
            await transport.close()

    return asyncio.run(work_and_close())


def post(transport: Transport, endpoint: str) -> Answer:
    """One small POST."""
    return using(transport, lambda it: it.post(endpoint, {"TTL": "60"}, b"body"))


async def post_each(transport: Transport, endpoints: list[str]) -> list[int | None]:
    """One small POST to each, one after the other; the statuses."""
    return [(await transport.post(endpoint, {"TTL": "60"}, b"x")).status for endpoint in endpoints]


def port_of(host: str) -> int:
    """The port of "host:port"."""
    return int(host.rpartition(":")[2])


def make_target(subscription: Subscription, key: VapidKey = KEY) -> Target:
    """The subscription as a sender keeps it."""
    return Target(subscription.endpoint, subscription.p256dh, subscription.auth, key.fingerprint)


def make_message(
    body: bytes = b'{"web_push":8030}', ttl: int = 60, urgency: str = "normal", topic: str | None = None
) -> Message:
    """A small message."""
    return Message(body=body, ttl=ttl, urgency=urgency, topic=topic)


def make_pusher(service: PushService, transport: Transport) -> Pusher:
    """A pusher with the key of the tests."""
    return Pusher(transport, VapidSigner([KEY], SUBJECT), EndpointPolicy(service.extra_hosts))


def push(service: PushService, target: Target, message: Message) -> Answer:
    """One message to one target."""
    return using(make_transport(service), lambda it: make_pusher(service, it).push(target, message))
