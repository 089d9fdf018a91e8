"""Connections that end, or speak, at the wrong moment: in mid-answer, in the pool, under TLS, before the question."""

import asyncio
import socket
from pathlib import Path

import pytest

from mobilise.webpush.answers import Answer, Outcome, classify
from mobilise.webpush.endpoints import EndpointPolicy
from mobilise.webpush.transport import Transport
from tests.push_service.rude_peer import CREATED, GONE, Line, Peer, raw, rude_peer, talk, transport_to


def test_an_answer_before_the_question_is_not_taken(tmp_path: Path):
    async def answer_first(line: Line) -> None:
        await line.say(GONE)
        await line.listen()

    async def run() -> bool:
        async with rude_peer(tmp_path, answer_first) as peer:
            transport = transport_to(peer)
            connection = await transport._pool(peer.host).acquire()
            await asyncio.sleep(0.2)  # it has come
            with pytest.raises(ConnectionResetError):
                await connection.exchange(b"POST / HTTP/1.1\r\n\r\n")
            transport._pool(peer.host).release(connection)
            return connection.usable

    assert asyncio.run(run()) is False


def test_an_answer_to_half_a_request_is_taken(tmp_path: Path):
    async def refuse_early(line: Line) -> None:
        await line.reader.readexactly(20)
        await line.say(b"HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\n\r\n")

    said, peer = talk(tmp_path, manner=refuse_early, posts=2)

    assert ([one.status for one in said], peer.connections) == ([413, 413], 2)


def test_a_connection_that_ends_just_as_it_is_used_again_means_again_later(tmp_path: Path):
    async def answer_once(line: Line) -> None:
        await line.request()
        await line.say(CREATED)
        await line.request()  # and ends without a word

    said, peer = talk(tmp_path, manner=answer_once, posts=3)

    assert [one.status or one.error for one in said] == [201, "reset", 201]
    assert classify(said[1], peer.host) is Outcome.RETRY
    assert peer.connections == 2


def test_a_connection_that_ended_while_idle_is_not_used(tmp_path: Path):
    async def answer_and_end(line: Line) -> None:
        await line.request()
        await line.say(CREATED)

    said, peer = talk(tmp_path, manner=answer_and_end, posts=3)

    assert [one.status for one in said] == [201] * 3
    assert peer.connections == 3


@pytest.mark.parametrize("before", [b"", b"HTTP/1.1 201 Cre", b"HTTP/1.1 100 Continue\r\n\r\n"])
@pytest.mark.parametrize("goodbye", [True, False], ids=["TLS goodbye", "TCP alone"])
def test_half_an_answer_and_a_closed_half_mean_again_later(tmp_path: Path, before: bytes, goodbye: bool):
    async def fall_silent(line: Line) -> None:
        await line.request()
        await line.say(before)
        if goodbye:
            line.writer.close()
        else:
            raw(line).shutdown(socket.SHUT_WR)
        await asyncio.sleep(0.2)

    (answer,), peer = talk(tmp_path, manner=fall_silent)

    assert answer.error == "reset"
    assert classify(answer, peer.host) is Outcome.RETRY


def test_a_peer_that_closes_its_half_after_the_answer_is_believed(tmp_path: Path):
    async def answer_and_close_half(line: Line) -> None:
        await line.request()
        await line.say(CREATED)
        raw(line).shutdown(socket.SHUT_WR)
        await asyncio.sleep(0.5)

    said, peer = talk(tmp_path, manner=answer_and_close_half, posts=2)

    assert [one.status for one in said] == [201, 201]
    assert peer.connections == 2


@pytest.mark.parametrize(
    "words",
    [
        b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
        b"\x17\x03\x03\x00\x14" + b"x" * 20,
        b"\x16\x03\x03\x00\x00",
    ],
    ids=["not encrypted", "a forged record", "an empty handshake record"],
)
def test_what_comes_beside_tls_is_not_read(tmp_path: Path, words: bytes):
    async def speak_beside(line: Line) -> None:
        await line.request()
        raw(line).send(words)
        await asyncio.sleep(0.5)

    (answer,), peer = talk(tmp_path, manner=speak_beside)

    assert (answer.status, answer.error in ("tls", "reset")) == (None, True)
    assert classify(answer, peer.host) is Outcome.RETRY


@pytest.mark.parametrize(
    "words",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x03\x00\x02\x02\x28", b"\x15\x03\x03\x00\x02\x01\x00", b""],
    ids=["plain HTTP", "fatal alert", "goodbye alert", "nothing"],
)
def test_a_handshake_that_fails_means_again_later(tmp_path: Path, words: bytes):
    async def run() -> tuple[list[Answer], Peer]:
        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.write(words)
            writer.close()

        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        async with server, rude_peer(tmp_path, None, CREATED) as peer:
            host = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
            transport = Transport(EndpointPolicy([host]), ca_file=peer.ca_file, per_host=2)
            # More than there may be connections: each that failed gives its place back.
            answers = [await transport.post(f"https://{host}/x", {}, b"x") for _ in range(5)]
            await transport.close()
            return answers, Peer(host, peer.ca_file)

    answers, peer = asyncio.run(run())
    assert {one.error for one in answers} <= {"tls", "connect"}
    assert {classify(one, peer.host) for one in answers} == {Outcome.RETRY}
