"""Sending over HTTPS: one pool of connections per event loop, nothing followed, nothing kept, nothing logged."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from mobilise.webpush.addresses import AddressRefused, GuardedResolver
from mobilise.webpush.answers import Answer, parse_retry_after
from mobilise.webpush.endpoints import EndpointPolicy, EndpointRefused

# The answer is its status and headers; the body is read only so that the connection can be used again.
MAX_BODY_READ = 16 * 1024
BODY_SECONDS = 1.0
KEEP_ALIVE_SECONDS = 15.0
_NO_AUTOMATIC_HEADERS = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class Transport:
    """POSTs to push services. One object serves any number of event loops, each with a pool of its own."""

    def __init__(
        self,
        policy: EndpointPolicy,
        *,
        ca_file: str | None,
        connect_timeout: float = 5,
        total_timeout: float = 30,
        per_host: int = 100,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """`ca_file`: certificates trusted beside the system's; OSError when it cannot be read.

        Time-outs in seconds: to connect (each of look-up, and TCP with TLS), and for the whole request, the wait for
        a free connection included. `per_host`: connections at once. `resolver`: how names are looked up; its answers
        are checked all the same.
        """
        self._policy = policy
        self._tls = _tls_context(ca_file)
        self._timeout = aiohttp.ClientTimeout(total=total_timeout, sock_connect=connect_timeout)
        self._lookup_timeout = connect_timeout
        self._per_host = per_host
        self._resolver = resolver
        # Strong references: after a fork the parent's sessions must not be collected here, for closing one would
        # say goodbye on a connection that the parent still uses.
        self._sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}

    async def post(self, endpoint: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One attempt. Trouble of any kind comes back as the answer's `error`; cancellation passes through."""
        clock = _Clock(time.monotonic())
        status: int | None = None
        retry_after: float | None = None
        error = ""
        try:
            self._policy.check(endpoint)
            status, retry_after = await self._exchange(endpoint, headers, body, clock)
        except EndpointRefused:
            error = "endpoint"
        except (aiohttp.ClientError, OSError, ValueError) as exception:
            error = _name_error(exception)
        return Answer(status, retry_after, error, time.monotonic() - clock.started)

    async def close(self) -> None:
        """Closes the connections of the running event loop."""
        session = self._sessions.pop(asyncio.get_running_loop(), None)
        if session is not None:
            await session.close()

    async def _exchange(
        self, endpoint: str, headers: Mapping[str, str], body: bytes, clock: "_Clock"
    ) -> tuple[int, float | None]:
        # encoded=True: the endpoint is sent as it was given, its escapes are the push service's own business.
        response = await self._session().post(
            URL(endpoint, encoded=True), headers=headers, data=body, allow_redirects=False, trace_request_ctx=clock
        )
        try:
            await _drain(response)
        finally:
            # No effect after the end of the body; before it, the connection goes instead of being used again.
            response.close()
        return response.status, parse_retry_after(response.headers.get("Retry-After"), time.time())

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        session = self._sessions.get(loop)
        if session is None:
            for ended in [known for known in list(self._sessions) if known.is_closed()]:
                self._sessions.pop(ended, None)
            session = self._sessions[loop] = self._open_session()
        return session

    def _open_session(self) -> aiohttp.ClientSession:
        resolver = GuardedResolver(self._resolver or aiohttp.ThreadedResolver(), self._policy, self._lookup_timeout)
        connector = aiohttp.TCPConnector(
            ssl=self._tls,
            resolver=resolver,
            limit=0,
            limit_per_host=self._per_host,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
        )
        return aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_NO_AUTOMATIC_HEADERS,
            auto_decompress=False,
            trust_env=False,
            trace_configs=[_clock_on_connection()],
        )


@dataclass(slots=True)
class _Clock:
    """When the request had a connection: a queue of our own for one says nothing of how slow the service is."""

    started: float


def _clock_on_connection() -> aiohttp.TraceConfig:
    async def restart(session: aiohttp.ClientSession, context: Any, params: Any) -> None:
        context.trace_request_ctx.started = time.monotonic()

    config = aiohttp.TraceConfig()
    config.on_connection_create_end.append(restart)
    config.on_connection_reuseconn.append(restart)
    return config


async def _drain(response: aiohttp.ClientResponse) -> None:
    """Reads the body, within bounds. What goes wrong here changes nothing: the answer has been given."""
    left = MAX_BODY_READ
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while left > 0:
                chunk = await response.content.read(left)
                if not chunk:
                    return
                left -= len(chunk)
    except (aiohttp.ClientError, OSError):
        return


def _name_error(exception: Exception) -> str:
    if isinstance(exception, TimeoutError):
        return "timeout"
    if isinstance(exception, (aiohttp.ClientSSLError, ssl.SSLError)):
        return "tls"
    if isinstance(exception, aiohttp.ClientConnectorDNSError):
        return "address" if isinstance(exception.os_error, AddressRefused) else "dns"
    if isinstance(exception, aiohttp.ClientConnectorError):
        return "connect"
    if isinstance(exception, (aiohttp.ServerDisconnectedError, OSError)):
        return "reset"
    return "protocol"


def _tls_context(ca_file: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    if ca_file:
        context.load_verify_locations(cadata=Path(ca_file).read_text(encoding="ascii"))
    return context
