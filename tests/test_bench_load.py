"""The generator of the mixed load: it keeps its pace, and a request's time begins when it was to leave."""

import socket
import threading
from collections.abc import Iterator

import pytest

from benchmarks.figures import Wrong
from benchmarks.open_loop import OpenLoop
from tests.servers.server import LOOPBACK

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
HOLD, RATE = 0.3, 100.0


@pytest.fixture
def slow_at_first() -> Iterator[int]:
    """A server that thinks about its first answer, and gives all others at once."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        threading.Thread(target=_serve, args=(listening,), daemon=True).start()
        yield listening.getsockname()[1]


def _serve(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    with connection:
        connection.recv(1000)
        threading.Event().wait(HOLD)
        connection.sendall(ANSWER)
        while connection.recv(1000):
            connection.sendall(ANSWER)


def test_what_waits_behind_a_slow_answer_has_waited(slow_at_first: int):
    loop = OpenLoop(slow_at_first, {"read": (1.0, lambda: b"GET / HTTP/1.1\r\n\r\n")}, connections=1)

    loop.run(RATE, 5 / RATE)

    load = loop.loads["read"]
    assert load.statuses == {200: 5}
    # Each is answered after the first, and was to leave 1 / RATE after the one before it.
    assert [time for number, time in enumerate(load.times) if time < load.times[0] - number / RATE] == []


def test_a_server_that_goes_away_is_said():
    with socket.create_server((LOOPBACK, 0)) as listening:
        loop = OpenLoop(listening.getsockname()[1], {"read": (1.0, lambda: b"GET / HTTP/1.1\r\n\r\n")}, connections=1)
        listening.accept()[0].close()
        with pytest.raises((Wrong, ConnectionError)):
            loop.run(RATE, 1 / RATE)
