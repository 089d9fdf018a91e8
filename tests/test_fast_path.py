"""The fast path: answers what Django let through before, as Django's answer was, and hands everything else on whole."""

import io
import re
from collections.abc import Iterable
from typing import Any

import pytest

from mobilise.fast_path import LONGEST_BODY, MOST_LIKENESSES, PARTS, Call, FastPath, Route
from mobilise.kept_answers import Environ, StartResponse

Answer = tuple[str, list[tuple[str, str]], bytes]
JSON = ("Content-Type", "application/json")


class Django:
    """Stands behind, and says what it was sent."""

    def __init__(self) -> None:
        self.status = "200 OK"
        self.headers = [JSON, ("Content-Length", "6")]
        self.read: list[bytes] = []

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.read.append(environ["wsgi.input"].read())
        start_response(self.status, self.headers)
        return [b"slowly"]


class Front:
    """A fast path before it, with one route whose answer a test sets."""

    def __init__(self, answer: Any = lambda call: b"at once") -> None:
        self.django = Django()
        self.calls: list[Call] = []

        def note(call: Call) -> bytes | None:
            self.calls.append(call)
            answered: bytes | None = answer(call)
            return answered

        self.application = FastPath(self.django, [Route("PUT", re.compile(r"/part/(\d+)"), "200 OK", note)])

    def put(self, path: str = "/part/7", *, body: bytes = b"{}", **environ: str) -> Answer:
        told: list[tuple[str, list[tuple[str, str]]]] = []
        request: Environ = {
            "REQUEST_METHOD": "PUT",
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            **environ,
        }
        answered = b"".join(self.application(request, lambda status, headers: told.append((status, list(headers)))))
        return (*told[-1], answered)


SLOWLY: Answer = ("200 OK", [JSON, ("Content-Length", "6")], b"slowly")
AT_ONCE: Answer = ("200 OK", [JSON, ("Content-Length", "7")], b"at once")


def test_the_first_is_djangos_and_those_like_it_have_its_headers():
    front = Front()

    assert [front.put() for _ in range(3)] == [SLOWLY, AT_ONCE, AT_ONCE]
    assert (front.calls[0].names, front.calls[0].body) == (("7",), b"{}")


@pytest.mark.parametrize("part", PARTS)
def test_what_differs_in_what_django_looks_at_is_not_like_it(part: str):
    front = Front()
    front.put()

    assert front.put(**{part: "another"}) == SLOWLY
    assert front.put(**{part: "another"}) == AT_ONCE


@pytest.mark.parametrize("status", ["201 Created", "400 Bad Request", "403 Forbidden", "429 Too Many Requests"])
def test_what_django_refused_lets_nothing_through(status: str):
    front = Front()
    front.django.status = status

    assert [front.put()[0] for _ in range(3)] == [status] * 3
    assert front.calls == []


def test_an_answer_for_one_client_alone_is_not_repeated():
    front = Front()
    front.django.headers = [JSON, ("Set-Cookie", "device=mine")]

    assert [front.put()[2] for _ in range(2)] == [b"slowly"] * 2


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/part/7"), ("PUT", "/part/x"), ("PUT", "/part/7/"), ("PUT", "/")]
)
def test_other_calls_are_djangos(method: str, path: str):
    front = Front()
    front.put()

    assert front.put(path, REQUEST_METHOD=method) == SLOWLY


def test_what_it_does_not_answer_goes_on_with_its_whole_body():
    front = Front(answer=lambda call: None)
    front.put()

    assert front.put(body=b'{"stage": "unusual"}') == SLOWLY
    assert front.django.read[-1] == b'{"stage": "unusual"}'


@pytest.mark.parametrize("length", ["", "x", "-1", "²", str(LONGEST_BODY + 1)])
def test_a_body_of_no_usual_length_is_not_read_here(length: str):
    front = Front()
    front.put()

    assert front.put(body=b"all of it", CONTENT_LENGTH=length) == SLOWLY
    assert front.django.read[-1] == b"all of it"
    assert front.calls == []


def test_what_goes_wrong_is_told_and_answered_by_django(caplog: pytest.LogCaptureFixture):
    def fail(call: Call) -> bytes:
        raise ValueError("somebody's secret")

    front = Front(fail)
    front.put()

    assert front.put(body=b"whole") == SLOWLY
    assert front.django.read[-1] == b"whole"
    assert "ValueError on the fast path" in caplog.text


def test_made_up_requests_do_not_fill_the_memory():
    front = Front()
    for number in range(MOST_LIKENESSES * 2 + 10):
        front.put(HTTP_ACCEPT=str(number))
    front.put(HTTP_ACCEPT="x" * 5000)

    assert len(front.application._let_through) <= MOST_LIKENESSES
    assert front.put(HTTP_ACCEPT="x" * 5000) == SLOWLY
