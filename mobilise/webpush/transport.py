"""Sending over HTTPS: pools of connections, nothing followed, nothing kept, nothing logged (docs/adr/0010)."""

import asyncio
import math
import socket
import ssl
import time
from collections.abc import Mapping
from pathlib import Path

from mobilise.webpush.addresses import AddressRefused, GuardedResolver, LookUp, look_up
from mobilise.webpush.answers import Answer, parse_retry_after
from mobilise.webpush.connection import ProtocolTrouble
from mobilise.webpush.endpoints import HTTPS_PORT, EndpointPolicy, EndpointRefused
from mobilise.webpush.pool import HostPool, QueuedTooLong

Pools = dict[str, HostPool]
MOST_POOLS = 200
# At once, of one process.
CONNECTIONS_PER_HOST = 100


class Transport:
    """POSTs to push services. One object serves any number of event loops, each with pools of its own."""

    def __init__(
        self,
        policy: EndpointPolicy,
        *,
        ca_file: str | None,
        connect_timeout: float = 5,
        total_timeout: float = 30,
        per_host: int = CONNECTIONS_PER_HOST,
        resolve: LookUp = look_up,
    ) -> None:
        """`ca_file`: certificates trusted beside the system's; OSError when it cannot be read.

        Time-outs in seconds: to connect (each of look-up, and TCP with TLS), and for the whole request, the wait for
        a free connection included. `per_host`: connections at once. `resolve`: how names are looked up; its answers
        are checked all the same.
        """
        self._policy = policy
        self._tls = _tls_context(ca_file)
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._per_host = per_host
        self._resolver = GuardedResolver(policy, connect_timeout, resolve)
        # Strong references: after a fork the parent's connections must not be collected here, for ending one would
        # say goodbye on a connection that the parent still uses.
        self._pools: dict[asyncio.AbstractEventLoop, Pools] = {}

    async def post(
        self, endpoint: str, headers: Mapping[str, str], body: bytes, *, queue_until: float = math.inf
    ) -> Answer:
        """One attempt. Trouble of any kind comes back as the answer's `error`; cancellation passes through.

        `queue_until`: by `time.monotonic()`; a request whose turn comes later is not written (error "unsent").
        """
        started = time.monotonic()
        connected = False
        try:
            host = self._policy.check(endpoint)
            pool = self._pool(host)
            async with asyncio.timeout(self._total_timeout):
                connection = await pool.acquire(queue_until)
                # From here: a queue of our own for a connection says nothing of how slow the service is.
                started, connected = time.monotonic(), True
                try:
                    response = await connection.exchange(_request(endpoint, host, headers, body))
                finally:
                    pool.release(connection)
        except EndpointRefused:
            return Answer(None, None, "endpoint", time.monotonic() - started)
        except QueuedTooLong:
            return Answer(None, None, "unsent", time.monotonic() - started)
        except (OSError, ProtocolTrouble) as trouble:
            return Answer(None, None, _name_trouble(trouble, connected), time.monotonic() - started)
        retry_after = parse_retry_after(response.retry_after, time.time())
        return Answer(response.status, retry_after, "", time.monotonic() - started)

    async def close(self) -> None:
        """Closes the connections of the running event loop."""
        for pool in self._pools.pop(asyncio.get_running_loop(), {}).values():
            await pool.close()

    def _pool(self, host: str) -> HostPool:
        loop = asyncio.get_running_loop()
        pools = self._pools.get(loop)
        if pools is None:
            for ended in [known for known in list(self._pools) if known.is_closed()]:
                self._pools.pop(ended, None)
            pools = self._pools[loop] = {}
        if host not in pools:
            if len(pools) >= MOST_POOLS:
                # Strangers choose the names, within the browsers' domains.
                for unused in [name for name, pool in pools.items() if pool.is_unused]:
                    del pools[unused]
            pools[host] = self._open_pool(host)
        return pools[host]

    def _open_pool(self, host: str) -> HostPool:
        name, separator, port = host.rpartition(":")
        if not separator or port.endswith("]"):
            name, port = host, str(HTTPS_PORT)
        return HostPool(name, int(port), self._tls, self._resolver, most=self._per_host, timeout=self._connect_timeout)


def _request(endpoint: str, host: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The bytes of a POST (RFC 9112 section 3). The endpoint's path is sent as it was given."""
    path = endpoint[len("https://") + len(endpoint[len("https://") :].split("/", 1)[0].split("?", 1)[0]) :]
    if not path.startswith("/"):
        path = "/" + path
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body


def _name_trouble(trouble: Exception, connected: bool) -> str:
    if isinstance(trouble, TimeoutError):
        return "timeout"
    if isinstance(trouble, AddressRefused):
        return "address"
    if isinstance(trouble, socket.gaierror):
        return "dns"
    if isinstance(trouble, ssl.SSLError):
        return "tls"
    if isinstance(trouble, ProtocolTrouble):
        return "protocol"
    return "reset" if connected else "connect"


def _tls_context(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if ca_file:
        context.load_verify_locations(cadata=Path(ca_file).read_text(encoding="ascii"))
    return context
