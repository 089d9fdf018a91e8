"""The web server as `make run` starts it, and requests to it."""

import sys
from collections.abc import Mapping
from http.client import HTTPConnection

from benchmarks.sending import wait_until
from benchmarks.site import Site
from mobilise.supervisor.address import Address
from mobilise.supervisor.site import site_services
from tests.servers.server import LOOPBACK, free_port

HOST = "mobilise.example"


def start_web(site: Site, path: str, settings: str = "mobilise.settings", **environment: str) -> int:
    """Starts it and waits until ``path`` answers 200. Gives its port."""
    address = Address(LOOPBACK, free_port())
    web = site_services(sys.executable, address)[0]
    site.start(*web.command[1:], DJANGO_SETTINGS_MODULE=settings, **environment)
    wait_until(lambda: _status(address.port, path) == 200, f"the web server answers: {site.last_words}")
    return address.port


def _status(port: int, path: str) -> int:
    connection = HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": HOST})
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def make_request(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
