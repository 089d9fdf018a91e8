"""The process's one way to the push services, made from the settings."""

import atexit
import os
from functools import lru_cache

from django.conf import settings

from mobilise.webpush.endpoints import EndpointPolicy
from mobilise.webpush.loop import run
from mobilise.webpush.pusher import Pusher
from mobilise.webpush.transport import Transport
from mobilise.webpush.vapid import VapidKey, VapidSigner


def vapid_keys() -> list[VapidKey]:
    """All keys of VAPID_PRIVATE_KEYS: the first is handed out to browsers, all sign."""
    return list(_keys(settings.VAPID_PRIVATE_KEYS))


@lru_cache(maxsize=4)
def _keys(text: str) -> tuple[VapidKey, ...]:
    return tuple(VapidKey.from_string(key.strip()) for key in text.split(",") if key.strip())


def policy() -> EndpointPolicy:
    """Which endpoints may be registered and sent to."""
    return EndpointPolicy(settings.PUSH_EXTRA_HOSTS)


def pusher() -> Pusher:
    """The pusher of this process; its connection pools live as long as the process's event loop."""
    # By process: a forked child must not write on its parent's connections.
    return _pusher(
        os.getpid(),
        settings.VAPID_PRIVATE_KEYS,
        settings.VAPID_SUBJECT,
        tuple(settings.PUSH_EXTRA_HOSTS),
        settings.PUSH_CA_FILE,
    )


@lru_cache(maxsize=1)
def _pusher(pid: int, keys: str, subject: str, extra_hosts: tuple[str, ...], ca_file: str | None) -> Pusher:
    allowed = EndpointPolicy(extra_hosts)
    transport = Transport(allowed, ca_file=ca_file)
    atexit.register(_close, transport, pid)
    return Pusher(transport, VapidSigner(_keys(keys), subject), allowed)


def _close(transport: Transport, pid: int) -> None:
    """Says goodbye on open connections when the process that opened them ends, not in one forked from it."""
    if os.getpid() == pid:
        run(transport.close())
