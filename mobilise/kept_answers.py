"""Whole answers, kept in front of Django: what anybody may have goes out again without it, while it is fresh.

A ready answer's bytes cost a few microseconds; the framework's way to them, some hundreds.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from mobilise.ready import ReadyResponse

# Few are asked for at once: when somebody makes up addresses, all are forgotten rather than kept in order.
MOST_ANSWERS = 1000
# Letters of what tells two answers apart; what is longer is nobody's but an attacker's.
LONGEST_KEY = 1000
# Of a request, what such an answer can depend on, besides whether the client reads gzip. Hosts that are not ours are
# refused by Django, and what it refused is not kept.
PARTS = ("PATH_INFO", "QUERY_STRING", "HTTP_HOST", "HTTP_IF_NONE_MATCH")

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
# As PEP 3333 has it: status, headers, and what an exception was.
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class _Kept:
    """An answer as the server is told it; ``until`` in seconds of the monotonic clock."""

    until: float
    status: str
    headers: Headers
    body: Sequence[bytes]


class KeptAnswers:
    """A WSGI application (PEP 3333) around Django's: repeats a ready answer until it has to be read anew."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._answers: dict[str, _Kept] = {}

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """The kept answer if it is fresh, else Django's."""
        if environ["REQUEST_METHOD"] != "GET":
            return self._application(environ, start_response)
        key = _key_of(environ)
        kept = self._answers.get(key)
        if kept is None or kept.until <= time.monotonic():
            return self._ask(key, environ, start_response)
        start_response(kept.status, kept.headers)
        return kept.body

    def _ask(self, key: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        begun: list[tuple[str, Headers]] = []

        def note(status: str, headers: Headers, *error: Any) -> Any:
            begun.append((status, headers))
            return start_response(status, headers, *error)

        response = self._application(environ, note)
        if isinstance(response, ReadyResponse) and response.fresh_until > time.monotonic() and len(key) <= LONGEST_KEY:
            self._keep(key, _Kept(response.fresh_until, *begun[-1], [response.content]))
        return response

    def _keep(self, key: str, kept: _Kept) -> None:
        if len(self._answers) >= MOST_ANSWERS:
            self._answers.clear()
        self._answers[key] = kept


def _key_of(environ: Environ) -> str:
    parts = [environ.get(part, "") for part in PARTS]
    return "\0".join([*parts, "gzip" if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") else ""])
