"""Our WSGI application asked as the server asks it, and how often Django was."""

import io
from collections.abc import Callable, Iterable

from django.core.wsgi import get_wsgi_application

from mobilise.kept_answers import Application, Environ, StartResponse

Answer = tuple[str, dict[str, str], bytes]


class WsgiSite:
    """``wrap`` puts in front of Django what is to be there."""

    def __init__(self, wrap: Callable[[Application], Application]) -> None:
        self.asked = 0
        self._django = get_wsgi_application()
        self._application = wrap(self._ask_django)

    def get(self, path: str, *, method: str = "GET", query: str = "", body: bytes = b"", **headers: str) -> Answer:
        """Status line, headers and body, as the server would send them."""
        told: list[tuple[str, list[tuple[str, str]]]] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            **({"CONTENT_LENGTH": str(len(body))} if body else {}),
            **headers,
        }
        answered = b"".join(self._application(environ, lambda status, headers: told.append((status, headers))))
        status, named = told[-1]
        return status, dict(named), answered

    def _ask_django(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.asked += 1
        return self._django(environ, start_response)
