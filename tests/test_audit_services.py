"""`make audit` against services that answer: what npm and pip-audit ask, and what becomes of it."""

import gzip
import importlib.util
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

from mobilise.bootstrap.auditing import Finding, ask_npm, ask_pip_audit, tell
from mobilise.supervisor.console import Console

VERSION = "1.0.0"
NPM = {"severity": "high", "vulnerable_versions": ">=0", "title": "made up", "url": "https://advisories.example/1"}
OSV = {"id": "PYSEC-2031-1", "modified": "2031-01-01T00:00:00Z", "affected": []}
NPM_KNOWN = {"svelte": [{"id": 1, "cwe": [], "cvss": {"score": 0, "vectorString": None}, **NPM}]}


class Service(ThreadingHTTPServer):
    """npm's registry and the OSV database, as far as an audit asks them. ``known`` is what is known of what."""

    known: bool = False

    def answer(self, path: str, asked: dict[str, Any]) -> Any:
        """To a GET of a package's versions, or a POST of what is asked about."""
        if path.endswith("/advisories/bulk"):
            return {name: NPM_KNOWN[name] for name in NPM_KNOWN if self.known and name in asked}
        if path.endswith("/v1/query"):
            return {"vulns": [OSV]} if self.known and asked["package"]["name"] == "django" else {}
        name = unquote(path).strip("/")
        return {"name": name, "versions": {VERSION: {"name": name, "version": VERSION}}}


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        said = json.dumps(self.server.answer(self.path, json.loads(plain or b"{}"))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _pip() -> Finding:
    return ask_pip_audit("distributed")


without = pytest.mark.skipif(not importlib.util.find_spec("pip_audit"), reason="pip-audit comes with `make audit`")
ASKING = [
    pytest.param(ask_npm, ["svelte: high"], id="npm"),
    pytest.param(_pip, ["django 5.2.", "PYSEC-2031-1, not fixed yet"], id="pip-audit", marks=without),
]


@pytest.mark.parametrize(("ask", "words"), ASKING)
def test_what_is_known_is_said_and_ends_in_failure(
    ask: Callable[[], Finding],
    words: list[str],
    service: Service,
    closed_port: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    def status_at(port: int) -> int:
        monkeypatch.setenv("npm_config_registry", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("npm_config_fetch_retries", "0")
        monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "osv")
        monkeypatch.setenv("PIP_AUDIT_OSV_URL", f"http://127.0.0.1:{port}/v1/query")
        return tell({"lock": ask()}, Console())

    assert status_at(service.server_port) == 0
    assert "nothing known against" in capsys.readouterr().out
    service.known = True
    assert status_at(service.server_port) == 1
    told = capsys.readouterr().out
    assert [word for word in words if word not in told] == []
    assert status_at(closed_port) == 1
    assert "NOT CHECKED" in capsys.readouterr().out
