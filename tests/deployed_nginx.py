"""nginx with the configuration of deploy/, its ports and paths put elsewhere; and a client that speaks to it."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.certificates import make_certificates
from tests.servers.server import LOOPBACK, Server, find, free_port

ROOT = Path(__file__).resolve().parent.parent
NAME = "mobilise.example"
TIMEOUT = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back; headers as pairs, so that doubled ones show."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def all(self, name: str) -> list[str]:
        """The values of a header."""
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def __getitem__(self, name: str) -> str:
        """The header's values, joined; "" when it is not there."""
        return ", ".join(self.all(name))


class _Connection(http.client.HTTPConnection):
    """To 127.0.0.1 under another name, with TLS if there is a context."""

    def __init__(self, port: int, name: str, context: ssl.SSLContext | None) -> None:
        super().__init__(name, port, timeout=TIMEOUT)
        self._context = context

    def connect(self) -> None:
        plain = socket.create_connection((LOOPBACK, self.port), timeout=TIMEOUT)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host) if self._context else plain


def ask(port: int, path: str, method: str = "GET", *, context: ssl.SSLContext | None = None, **more: object) -> Answer:
    """One request on a connection of its own; ``more``: name, headers, body."""
    connection = _Connection(port, str(more.get("name", NAME)), context)
    try:
        connection.request(method, path, body=more.get("body"), headers=more.get("headers") or {})  # type: ignore[arg-type]
        response = connection.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        connection.close()


def wait_for_a_second_to_begin() -> None:
    """What is asked for from now on is asked for in one second: nginx keeps answers for no longer."""
    time.sleep(1 - time.time() % 1)


class DeployedNginx(Server):
    """deploy/nginx in front of whatever listens on ``upstream`` (a port of 127.0.0.1)."""

    def __init__(self, folder: Path, upstream: int, dist: Path) -> None:
        super().__init__(folder)
        self.plain_port = free_port()
        self._program = find("nginx", "nginx-light")
        certificates = make_certificates(folder, NAME)
        self.ca_file, self.context = certificates.ca_file, certificates.client_context()
        self.acme = folder / "acme"
        places = {
            "/etc/mobilise/tls/fullchain.pem": certificates.server_file,
            "/etc/mobilise/tls/privkey.pem": certificates.server_file,
            "/opt/mobilise/frontend/dist": dist,
            "/run/mobilise-": f"{folder}/mobilise-",
            "/run/nginx.pid": folder / "nginx.pid",
            "/var/lib/mobilise-acme": self.acme,
            "127.0.0.1:8000": f"{LOOPBACK}:{upstream}",
            "listen 80": f"listen {LOOPBACK}:{self.plain_port}",
            "listen 443": f"listen {LOOPBACK}:{self.port}",
            # Root's temporary folders are closed to others; who is not root cannot change the user.
            "user www-data;": "user root;" if os.geteuid() == 0 else "",
            "worker_processes auto;": "worker_processes 2;",
            "worker_rlimit_nofile 65536;": "",
            "worker_connections 16384;": "worker_connections 512;",
        }
        configuration = self._copy(places)
        self._command = [self._program, "-c", configuration, "-p", folder, "-e", "stderr"]

    def _copy(self, places: dict[str, object]) -> Path:
        """The configuration with other places. Each has to occur: else the test would use one of this machine."""
        target = self.folder / "etc"
        shutil.copytree(ROOT / "deploy" / "nginx", target)
        shutil.copy("/etc/nginx/mime.types", target)
        missing = set(places)
        for file in target.rglob("*.conf"):
            text = re.sub(r"^ *listen \[::\].*\n", "", file.read_text(), flags=re.MULTILINE)
            missing -= {place for place in places if place in text}
            for place, other in places.items():
                text = text.replace(place, str(other))
            file.write_text(text)
        assert missing == set(), "the configuration has these places no longer"
        return target / "nginx.conf"

    def check(self) -> "subprocess.CompletedProcess[str]":
        """`nginx -t`."""
        return subprocess.run([*self._command, "-t"], capture_output=True, text=True, check=False)

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self.launch([*self._command, "-g", "daemon off;"], cwd=self.folder)
        self.wait_until_it_answers()

    def ask(self, path: str, method: str = "GET", **more: object) -> Answer:
        """One request over TLS."""
        return ask(self.port, path, method, context=self.context, **more)

    def curl(self, path: str, *options: str) -> str:
        """What curl prints."""
        resolve = ("--resolve", f"{NAME}:{self.port}:{LOOPBACK}", "--cacert", str(self.ca_file))
        command = [find("curl", "curl"), "--silent", "--show-error", *resolve, *options]
        url = f"https://{NAME}:{self.port}{path}"
        return subprocess.run([*command, url], capture_output=True, text=True, check=True, timeout=TIMEOUT).stdout
