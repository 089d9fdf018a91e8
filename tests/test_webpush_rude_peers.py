"""The HTTP client against peers that bend or break HTTP: an answer, or a word for the trouble; never the next one's."""

import asyncio
import logging
from pathlib import Path

import pytest

from mobilise.webpush.answers import Outcome, classify
from tests.push_service.rude_peer import CREATED, GONE, Line, talk

CHUNKED = b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        CREATED,
        b"HTTP/1.1 100 Continue\r\n\r\n" + CREATED,
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nContent-Length: 7\r\n\r\n" + CREATED,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20 + CREATED,
        CHUNKED + b"5\r\nhello\r\n0\r\n\r\n",
        CHUNKED + b"5;name=value\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.0 201 Created\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\ncontent-length:2\r\n\r\nok",
        b"HTTP/1.1 201 \r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nX-Long: " + b"x" * 30_000 + b"\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=[
        "plain",
        "100 before it",
        "103 before it",
        "20 times 100 before it",
        "chunked",
        "chunked with trailer",
        "204",
        "HTTP/1.0 that stays",
        "no space after the colon",
        "no reason",
        "30 kB of headers",
    ],
)
def test_the_connection_is_used_again_after(tmp_path: Path, answer: bytes):
    said, peer = talk(tmp_path, answer, posts=3)

    assert [(one.status in (201, 204), one.error) for one in said] == [(True, "")] * 3
    assert peer.requests == [0, 0, 0]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 201 Created\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nConnection: Close\r\n\r\n",
        b"HTTP/1.1 201 Created\r\n\r\n",
        b"HTTP/1.0 201 Created\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 201 Created\r\n\r\nsome text",
        CREATED + b"trailing garbage\r\n\r\n",
        CREATED + GONE,
        CREATED + GONE[:10],
        CHUNKED + b"not a length\r\n",
        CHUNKED + b"5\r\nhell",
        CHUNKED + b"fffffffffffffffff\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhel",
    ],
    ids=[
        "Connection: close",
        "Connection: Close without length",
        "no length",
        "HTTP/1.0",
        "HTTP/1.0 without length",
        "garbage after it",
        "another answer after it",
        "a part of another after it",
        "a chunk without length",
        "half a chunk",
        "a chunk of 2^68 bytes",
        "half a body",
    ],
)
def test_the_answer_is_taken_and_the_connection_not_used_again(tmp_path: Path, answer: bytes):
    said, peer = talk(tmp_path, answer, posts=2)

    assert [(one.status, one.error) for one in said] == [(201, "")] * 2
    assert peer.requests == [0, 1]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 99 Low\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 1000 High\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 -20 Minus\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 2o1 Letter\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nX\x00: a\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nX: " + b"x" * 1_000_000,
        b"HTTP/1.1 201 Created\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(100_000)),
        b"HTTP/9.9 201 Created\r\nContent-Length: 0\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x00\x00\x12\x04\x00\x00\x00\x00\x00",
        b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        b"<html>hello</html>\n",
        b"HTTP/1.1 201 Created\r\nNo colon here\r\n\r\n",
    ],
    ids=[
        "99",
        "099",
        "000",
        "1000",
        "-20",
        "2o1",
        "101",
        "NUL in a value",
        "NUL in a name",
        "two lengths",
        "a length below zero",
        "a length of 23 digits",
        "length and chunks",
        "a header of 1 MB",
        "100,000 headers",
        "HTTP/9.9",
        "HTTP/2 preface",
        "HTTP/2 frame",
        "a request",
        "HTML alone",
        "no colon",
    ],
)
def test_what_is_no_answer_is_tried_again_on_another_connection(tmp_path: Path, answer: bytes):
    said, peer = talk(tmp_path, answer, CREATED, posts=2)

    assert (said[0].status, said[0].error) == (None, "protocol")
    assert classify(said[0], peer.host) is Outcome.RETRY
    assert (said[1].status, peer.requests) == (201, [0, 1])


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 201 Created\r\nX: a\r\n folded\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201 Created\nContent-Length: 0\n\n",
        b"HTTP/1.1 201 Created\r\nX : a\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 201\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/2.0 201 Created\r\nContent-Length: 0\r\n\r\n",
        b"\r\n\r\n" + CREATED,
        b"HTTP/1.1 201 \xff\xfe\r\nX: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=["folded", "bare line feeds", "space before colon", "no reason", "HTTP/2.0", "empty lines first", "not ASCII"],
)
def test_what_old_servers_write_is_read_or_refused_and_upsets_nothing(tmp_path: Path, answer: bytes):
    said, peer = talk(tmp_path, answer, CREATED, posts=2)

    assert (said[0].status, said[0].error) in [(201, ""), (None, "protocol")]
    assert said[1].status == 201
    assert peer.connections <= 2


def test_a_status_that_nobody_knows_is_handed_on(tmp_path: Path):
    (answer,), peer = talk(tmp_path, b"HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n")

    assert answer.status == 999
    assert classify(answer, peer.host) is Outcome.RETRY


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 103 Early\r\nRetry-After: 77\r\n\r\nHTTP/1.1 429 Later\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 429 Later\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nRetry-After: 77\r\n\r\n",
    ],
    ids=["of 1xx", "after the body"],
)
def test_only_the_head_of_the_answer_says_when_to_come_again(tmp_path: Path, answer: bytes):
    (said,), _ = talk(tmp_path, answer)

    assert (said.status, said.retry_after) == (429, None)


def test_an_endless_row_of_1xx_ends_with_the_time_out(tmp_path: Path):
    async def never_come_to_it(line: Line) -> None:
        await line.request()
        while not line.writer.is_closing():
            await line.say(b"HTTP/1.1 102 Processing\r\n\r\n")
            await asyncio.sleep(0.01)

    (answer,), _ = talk(tmp_path, manner=never_come_to_it, total_timeout=0.5)

    assert answer.error == "timeout"


def test_no_peer_makes_it_write_what_it_was_told(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    talk(tmp_path, b"HTTP/1.1 201 secret-text\r\nX: secret-text\x00\r\n\r\n", posts=2)
    assert "secret-text" not in caplog.text
    assert "/push/x" not in caplog.text
