"""A load generator: connections that are kept alive, each sending its next request when it has its answer."""

import re
import selectors
import socket
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from benchmarks.figures import Wrong

CHUNK = 1 << 18
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
END_OF_HEAD = b"\r\n\r\n"
LONGEST_SILENCE = 30.0


@dataclass(slots=True)
class Load:
    """What came of it: answers by status, each one's time in seconds, and how long all took."""

    statuses: Counter[int] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.times) / self.seconds


class Connection:
    """A kept-alive one, with one request at a time."""

    __slots__ = ("_answer", "_end", "_sent", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answer = b""
        self._end = self._sent = 0.0

    def send(self, request: bytes) -> None:
        """Sends it."""
        self._answer, self._end, self._sent = b"", 0, time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> tuple[int, float] | None:
        """(status, seconds) once the answer is whole."""
        chunk = self.socket.recv(CHUNK)
        if not chunk:
            raise Wrong("the server closed a connection")
        self._answer += chunk
        if not self._end and (head := self._answer.find(END_OF_HEAD)) >= 0:
            length = LENGTH.search(self._answer, 0, head)
            self._end = head + len(END_OF_HEAD) + (int(length[1]) if length else 0)
        if not self._end or len(self._answer) < self._end:
            return None
        return int(self._answer[9:12]), time.perf_counter() - self._sent


def put_load(port: int, requests: Iterable[bytes], *, connections: int, seconds: float = 0.0) -> Load:
    """Sends all requests, or as many as go into ``seconds``. Raises Wrong when the server falls silent."""
    load, waiting = Load(), iter(requests)
    with selectors.DefaultSelector() as selector:
        open_connections = [Connection(port) for _ in range(connections)]
        try:
            began = time.perf_counter()
            end = began + seconds if seconds else float("inf")
            for connection in open_connections:
                _next(connection, waiting, selector, load, end, fresh=True)
            while selector.get_map():
                _receive(selector, waiting, load, end)
            load.seconds = time.perf_counter() - began
        finally:
            for connection in open_connections:
                connection.socket.close()
    return load


def _receive(selector: selectors.BaseSelector, waiting: Iterator[bytes], load: Load, end: float) -> None:
    ready = selector.select(LONGEST_SILENCE)
    if not ready:
        raise Wrong(f"no answer for {LONGEST_SILENCE:g} s")
    for key, _ in ready:
        if (answer := key.data.receive()) is not None:
            status, took = answer
            load.statuses[status] += 1
            load.times.append(took)
            _next(key.data, waiting, selector, load, end)


def _next(
    connection: Connection,
    waiting: Iterator[bytes],
    selector: selectors.BaseSelector,
    load: Load,
    end: float,
    *,
    fresh: bool = False,
) -> None:
    request = next(waiting, None) if time.perf_counter() < end else None
    if request is not None:
        connection.send(request)
        if fresh:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
    elif not fresh:
        selector.unregister(connection.socket)
