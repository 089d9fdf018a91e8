"""What stands between a phone and the site: it answers, keeps silent, breaks, loses answers, wants a sign-in first."""

import http.client
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.patience import PATIENCE

GOOD = "good"
# Takes what is asked and never answers.
SILENT = "silent"
# Closes every connection: no network at all.
GONE = "gone"
# Passes on what changes something, and loses the answer; the rest is silence.
LOSES_ANSWERS = "loses answers"
# A hotel's, a train's: its own page, whatever was asked for.
PORTAL = "portal"
REDIRECTS = "redirects"
# The site's own web server without the site.
BAD_GATEWAY = "bad gateway"

ANSWERS = {PORTAL: 200, REDIRECTS: 302, BAD_GATEWAY: 502}
PAGE = b"<!doctype html><title>Wi-Fi</title><h1>Sign in</h1>"
LONGEST_SILENCE = 40.0

# Status, headers, body.
Answer = tuple[int, list[tuple[str, str]], bytes]


class BadNetwork:
    """Listens on a port of 127.0.0.1 and passes on to `origin`. `passed` is what reached it: (method, path)."""

    # Headers of the phone's that the site does not get.
    withheld: tuple[str, ...] = ()

    def __init__(self, origin: str) -> None:
        self.upstream = urlsplit(origin).netloc
        self.passed: list[tuple[str, str]] = []
        self.over = threading.Event()
        self._quality = GOOD
        self._lost: tuple[str, ...] = ()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"network": self}))
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def quality(self) -> str:
        """How it behaves now."""
        return self._quality

    def become(self, quality: str) -> None:
        """From now on. What hung is let go, unanswered."""
        self._quality = quality
        self.over.set()
        self.over = threading.Event()

    def lose(self, *paths: str) -> None:
        """From now on what is asked for under these, and nothing else, gets no answer, however good the network is."""
        self._lost = paths

    def loses(self, path: str) -> bool:
        """Whether this gets no answer."""
        return path.startswith(self._lost)

    def address(self, path: str) -> str:
        """What the site is asked for."""
        return path

    def alter(self, answer: Answer) -> Answer:
        """What the phone is given of what the site answered."""
        return answer

    def writes(self, path: str) -> list[str]:
        """The methods of what reached the site of that path and changes something."""
        return [method for method, passed in self.passed if passed == path and method != "GET"]

    def stop(self) -> None:
        """Nobody listens any more."""
        self.become(GONE)
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A phone that hung up is no news; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    network: BadNetwork

    def answer(self) -> None:
        """As the network is at this moment."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        quality, over = self.network.quality, self.network.over
        if self.network.loses(self.path):
            return
        if quality == GOOD:
            self._give(*self._pass_on(body))
        elif quality in ANSWERS:
            where = [("Location", "http://portal.example/")] if quality == REDIRECTS else []
            self._give(ANSWERS[quality], [("Content-Type", "text/html"), *where], PAGE)
        elif quality != GONE:
            if quality == LOSES_ANSWERS and self.command != "GET":
                self._pass_on(body)
            over.wait(LONGEST_SILENCE)

    def _pass_on(self, body: bytes) -> Answer:
        self.network.passed.append((self.command, self.path))
        connection = http.client.HTTPConnection(self.network.upstream, timeout=PATIENCE)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in self.network.withheld}
        connection.request(self.command, self.network.address(self.path), body, headers)
        answer = connection.getresponse()
        given = answer.status, answer.getheaders(), answer.read()
        connection.close()
        return self.network.alter(given)

    def _give(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in ("content-length", "connection", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:  # noqa: A002  # as inherited
        """Says nothing."""


for method in ("GET", "PUT", "POST", "PATCH", "DELETE"):
    setattr(_Handler, f"do_{method}", _Handler.answer)
