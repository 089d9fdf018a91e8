"""A peer that says over TLS exactly the bytes that a test gives it, on the event loop of the test."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mobilise.webpush.answers import Answer
from mobilise.webpush.endpoints import EndpointPolicy
from mobilise.webpush.transport import Transport
from tests.certificates import make_certificates

CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
# Longer than any of these needs, shorter than a test may hang.
TOTAL_TIMEOUT = 5.0


@dataclass
class Line:
    """One connection to the peer. `number` counts from 0."""

    number: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def request(self) -> bool:
        """Reads one whole request; False when the sender has gone."""
        try:
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            await self.reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            return False
        return True

    async def say(self, answer: bytes) -> None:
        """Sends bytes as they are."""
        try:
            self.writer.write(answer)
            await self.writer.drain()
        except ConnectionError:
            return

    async def listen(self) -> None:
        """Keeps the connection open until the sender ends it."""
        try:
            await self.reader.read()
        except (ConnectionError, ssl.SSLError):
            return


@dataclass
class Peer:
    """Where it listens, the authority to trust, and how many connections it had and how many requests."""

    host: str
    ca_file: str
    connections: int = 0
    requests: list[int] = field(default_factory=list)  # the connection that each came by


Manner = Callable[[Line], Awaitable[None]]


@asynccontextmanager
async def rude_peer(folder: Path, manner: Manner | None = None, *answers: bytes) -> AsyncIterator[Peer]:
    """Listens. `manner` deals with one connection; without one, each request gets the next of `answers`.

    The last one stays, and connections are left open: what ends them is the sender.
    """
    certificates = make_certificates(folder, "127.0.0.1")
    context = certificates.server_context()
    peer = Peer("", str(certificates.ca_file))
    left = list(answers)

    async def answer_each(line: Line) -> None:
        while await line.request():
            peer.requests.append(line.number)
            await line.say(left.pop(0) if len(left) > 1 else left[0])

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(peer.connections, reader, writer)
        peer.connections += 1
        try:
            await (manner or answer_each)(line)
        except asyncio.CancelledError:
            return  # the end of the test; asyncio's server would write a traceback
        finally:
            writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=context)
    peer.host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield peer
    finally:
        server.close()


def transport_to(peer: Peer, total_timeout: float = TOTAL_TIMEOUT) -> Transport:
    """A transport that may reach the peer."""
    return Transport(
        EndpointPolicy([peer.host]), ca_file=peer.ca_file, connect_timeout=total_timeout, total_timeout=total_timeout
    )


def talk(
    folder: Path, *answers: bytes, manner: Manner | None = None, posts: int = 1, total_timeout: float = TOTAL_TIMEOUT
) -> tuple[list[Answer], Peer]:
    """So many POSTs one after the other to a peer; what came of them, and the peer."""

    async def run() -> tuple[list[Answer], Peer]:
        async with rude_peer(folder, manner, *answers) as peer:
            transport = transport_to(peer, total_timeout)
            try:
                said = []
                for _ in range(posts):
                    said.append(await transport.post(f"https://{peer.host}/push/x", {"TTL": "60"}, b"body"))
                    await asyncio.sleep(0.05)  # what else the peer sent has come
            finally:
                await transport.close()
            return said, peer

    return asyncio.run(run())


def raw(line: Line) -> socket.socket:
    """The TCP socket under the TLS connection."""
    found: socket.socket = line.writer.get_extra_info("socket")._sock
    return found
