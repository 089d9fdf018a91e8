"""One HTTP/1.1 connection over TLS, with one request on it at a time (RFC 9112). The parser is llhttp."""

import asyncio
from dataclasses import dataclass

import httptools

# An answer is its status and headers; the body is read only so that the connection can be used again.
MAX_HEAD = 64 * 1024
MAX_BODY_READ = 16 * 1024
BODY_SECONDS = 1.0


class ProtocolTrouble(Exception):
    """What came is no HTTP answer."""


@dataclass(slots=True)
class Response:
    """The part of an answer that says something: its status, and Retry-After as it came."""

    status: int
    retry_after: str | None


class Connection(asyncio.Protocol):
    """Made by `loop.create_connection`. `usable` says whether another request may go over it."""

    def __init__(self) -> None:
        self.idle_since = 0.0
        self.usable = False
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._waiting: asyncio.Future[Response] | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._begin()

    def _begin(self) -> None:
        self._head_size, self._body_size = 0, 0
        self._head_done = False
        self._retry_after: str | None = None

    async def exchange(self, request: bytes) -> Response:
        """Sends a whole request and waits for its answer.

        Raises ConnectionError when the other side hangs up, ProtocolTrouble. Cancelled, it ends the connection.
        """
        if self._transport is None or not self.usable:
            raise ConnectionResetError
        self._begin()
        waiting: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        self._transport.write(request)
        try:
            return await waiting
        except asyncio.CancelledError:
            # An answer that comes later must not be taken for the next request's.
            self.abort()
            raise
        finally:
            self._waiting = None

    def abort(self) -> None:
        """Ends it at once."""
        self._end_patience()
        self.usable = False
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        """Ends it with a goodbye."""
        self.usable = False
        if self._transport is not None:
            self._transport.close()

    # ---- what the event loop says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # for the type alone
        self._transport, self.usable = transport, True

    def data_received(self, data: bytes) -> None:
        """A piece of the answer came."""
        if self._waiting is None or self._waiting.done():
            # Nobody asked for anything: what it says next would be taken for an answer.
            self.abort()
            return
        if not self._head_done:
            self._head_size += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._break_off(ProtocolTrouble())
        if not self._head_done and self._head_size > MAX_HEAD:
            self._fail(ProtocolTrouble())
        elif self._head_done and not self._waiting.done() and self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(BODY_SECONDS, self._cut_short)

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side hung up, or TLS failed."""
        self._break_off(exc or ConnectionResetError())

    # ---- what the parser says

    def on_message_begin(self) -> None:
        """An answer, or 1xx before it, begins. One too many is nobody's, and no other follows it."""
        if self._waiting is None or self._waiting.done():
            self.abort()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header of the answer, or one after its body, which says nothing here."""
        if len(name) == 11 and not self._head_done and name.lower() == b"retry-after":
            self._retry_after = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Head and status are known. 1xx is none: the real answer follows (RFC 9110 section 15.2)."""
        status = self._parser.get_status_code()
        if status < 100:
            raise ProtocolTrouble
        self._head_done = status >= 200
        if self._head_done and not self._parser.should_keep_alive():
            # Nothing else comes over this connection, so its body, which may end with it, is not waited for.
            self._cut_short()

    def on_body(self, body: bytes) -> None:
        """A piece of the body: dropped, and counted."""
        self._body_size += len(body)
        if self._body_size > MAX_BODY_READ:
            self._cut_short()

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if not self._head_done:
            self._head_size, self._retry_after = 0, None
            return
        self._settle()

    def _cut_short(self) -> None:
        """The answer has been given; its body is not worth waiting for, nor is the connection."""
        self.abort()
        self._settle()

    def _settle(self) -> None:
        self._end_patience()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(Response(self._parser.get_status_code(), self._retry_after))

    def _break_off(self, exception: Exception) -> None:
        """Nothing more can come. What is missing may be only the body: the answer had been given."""
        if self._head_done:
            self._cut_short()
        else:
            self._fail(exception)

    def _fail(self, exception: Exception) -> None:
        self.abort()
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(exception)

    def _end_patience(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
