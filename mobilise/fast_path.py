"""Calls that a whole crowd makes at once, answered in front of Django: only what is as usual, and all else by Django.

The framework's way to a view costs a phone's gesture more than the gesture does.
"""

import io
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from mobilise.kept_answers import Application, Environ, Headers, StartResponse

# Bytes of a body; longer ones are read by Django, which refuses what is too long.
LONGEST_BODY = 1024
# Of a request, what Django's own answer can depend on beside path, cookie, address and body: its host, its scheme,
# where it comes from, how it is written and what is read. tests/test_fast_path.py tries each.
PARTS = (
    "HTTP_HOST",
    "wsgi.url_scheme",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_ORIGIN",
    "HTTP_SEC_FETCH_SITE",
    "CONTENT_TYPE",
    "HTTP_CONTENT_ENCODING",
    "HTTP_TRANSFER_ENCODING",
    "HTTP_ACCEPT",
    "QUERY_STRING",
)
# Browsers differ in few of them; when somebody makes them up, all are forgotten rather than kept in order.
MOST_LIKENESSES = 200
LONGEST_LIKENESS = 1000

Likeness = tuple[str, ...]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """A request as its answerer sees it; ``names`` are what the path's pattern caught."""

    names: Sequence[str]
    environ: Environ
    body: bytes


@dataclass(frozen=True, slots=True)
class Route:
    """A call that may be answered here.

    ``answer`` gives the body of the ``status`` that the view would give, once all is done; or None, having done nothing
    that Django's own way would not do again without harm.
    """

    method: str
    path: re.Pattern[str]
    status: str
    answer: Callable[[Call], bytes | None]


class FastPath:
    """A WSGI application (PEP 3333) around Django's: answers a usual call itself when Django let one like it through.

    So whatever Django checks of a request's headers it has checked, and the answer's headers are Django's own.
    """

    def __init__(self, application: Application, routes: Sequence[Route]) -> None:
        self._application = application
        self._routes = routes
        self._let_through: dict[tuple[int, Likeness], Headers] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The call's own answer, or Django's."""
        for number, route in enumerate(self._routes):
            if environ["REQUEST_METHOD"] == route.method and (found := route.path.fullmatch(environ["PATH_INFO"])):
                return self._answer((number, _likeness(environ)), found.groups(), environ, start_response)
        return self._application(environ, start_response)

    def _answer(
        self, key: tuple[int, Likeness], names: Sequence[str], environ: Environ, start_response: StartResponse
    ) -> Iterable[bytes]:
        route, headers = self._routes[key[0]], self._let_through.get(key)
        if headers is None:
            return self._ask(key, environ, start_response)
        body = _read_body(environ)
        if body is None:
            return self._application(environ, start_response)
        answered = _try(route, Call(names, environ, body))
        if answered is None:
            # Django reads it anew.
            return self._application(environ | {"wsgi.input": io.BytesIO(body)}, start_response)
        start_response(route.status, [*headers, ("Content-Length", str(len(answered)))])
        return [answered]

    def _ask(self, key: tuple[int, Likeness], environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Django's answer. If it is the one of success, others like it may be answered here."""

        def note(status: str, headers: Headers, *error: Any) -> Any:
            if status == self._routes[key[0]].status:
                self._note(key, headers)
            return start_response(status, headers, *error)

        return self._application(environ, note)

    def _note(self, key: tuple[int, Likeness], headers: Headers) -> None:
        names = {name.lower() for name, _ in headers}
        # What is for one client alone is not to be repeated.
        if "set-cookie" in names or sum(map(len, key[1])) > LONGEST_LIKENESS:
            return
        if len(self._let_through) >= MOST_LIKENESSES:
            self._let_through.clear()
        self._let_through[key] = [(name, value) for name, value in headers if name.lower() != "content-length"]


def use_connection() -> None:
    """For who answers: a connection that is too old is closed, as Django does it before each request.

    Whether the server still holds it is not asked, which would cost a crowd a tenth of its answers: what fails goes to
    Django, which asks.
    """
    connection.close_if_unusable_or_obsolete()
    connection.health_check_done = True  # type: ignore[attr-defined]  # its stubs forget it


def _likeness(environ: Environ) -> Likeness:
    return tuple([environ.get(part, "") for part in PARTS])


def _read_body(environ: Environ) -> bytes | None:
    """All of it, or None, nothing having been read, if its length is not said or is no usual one."""
    said = environ.get("CONTENT_LENGTH") or ""
    if not (said.isascii() and said.isdigit()) or int(said) > LONGEST_BODY:
        return None
    body: bytes = environ["wsgi.input"].read(int(said))
    return body


def _try(route: Route, call: Call) -> bytes | None:
    """What goes wrong here is told, and left to Django, which says to the client what it has to be told."""
    try:
        return route.answer(call)
    except Exception as error:
        logger.error("%s on the fast path", type(error).__name__, exc_info=error)
        return None
