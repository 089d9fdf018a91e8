"""A web process that answers as it is told and remembers what it was asked: what nginx makes of a request."""

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PUBLIC = {"Cache-Control": "public, max-age=1", "Vary": "Accept-Encoding", "ETag": 'W/"one"'}
PRIVATE = {"Cache-Control": "private, no-store", "Set-Cookie": "__Host-device=1; Path=/; Secure"}


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class RecordingUpstream:
    """Listens on a port of 127.0.0.1. ``headers`` and ``seconds`` are what each answer has, and takes."""

    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Starts to listen."""
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """From now on connections are refused."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def _handler(upstream: RecordingUpstream) -> type[BaseHTTPRequestHandler]:
    numbers = itertools.count(1)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            upstream.asked.append(Asked(self.command, self.path, headers))
            body = f"answer {next(numbers)}".encode()
            time.sleep(upstream.seconds)
            self.send_response(200)
            for name, value in {"Content-Length": str(len(body)), **upstream.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Says nothing."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answer: Callable[[BaseHTTPRequestHandler], None] = Handler.answer  # type: ignore[assignment]
        setattr(Handler, f"do_{method}", answer)
    return Handler
