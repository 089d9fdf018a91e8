"""No answer says what it was made with, in which version, or where it lies: asked of the real server."""

import http.client
import re
import socket
from urllib.parse import urlsplit

import pytest
from django.test import Client, RequestFactory

from mobilise.error_handler import server_error
from mobilise.headers import SERVER, headers_of
from mobilise.parsers import MAX_BODY
from tests.running_site import StartSite

BANNERS = re.compile(
    r"granian|django|python|whitenoise|gunicorn|nginx|hyper|\bwsgi\b|traceback|site-packages|/work|/srv|/home/", re.I
)
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
ASKED = [
    ("GET", "/", {}, b"", 200),
    ("GET", "/sw.js", {}, b"", 200),
    ("GET", "/nothing", {}, b"", 404),
    ("GET", "/static/nothing.css", {}, b"", 404),
    ("GET", "/static/admin/css/base.css", {}, b"", 200),
    ("GET", "/api/v1/nothing", {}, b"", 404),
    ("GET", "/api/v1/devices", {}, b"", 405),
    ("POST", "/api/v1/devices", {}, b"{}", 403),
    ("POST", "/api/v1/devices", SAME_ORIGIN, b"{", 400),
    ("POST", "/api/v1/devices", SAME_ORIGIN, b'"' + b"x" * MAX_BODY + b'"', 413),
    ("POST", "/accounts/login/", {}, b"", 403),
    ("GET", "/admin/", {}, b"", 302),
    ("GET", "/admin/nothing/", {}, b"", 302),
    ("GET", "/api/v1/feed", {"Host": "evil.example"}, b"", 400),
    ("GET", "/", {"Host": "evil.example"}, b"", 400),
]


def test_the_running_server_names_nothing_of_itself(start_site: StartSite):
    site = start_site({})
    where = urlsplit(site.origin)
    assert where.hostname is not None
    assert where.port is not None
    wrong = []
    for method, path, headers, body, status in ASKED:
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        said = "\n".join(f"{name}: {value}" for name, value in answer.getheaders())
        # A file of the framework's own may name it; an error may not.
        found = BANNERS.findall(said) + (BANNERS.findall(text) if status >= 400 else [])
        missing = [name for name in headers_of(path) if answer.getheader(name) is None]
        if answer.status != status or found or missing or answer.getheader("Server") != SERVER:
            wrong.append((method, path, answer.status, found, missing, answer.getheader("Server")))
        connection.close()

    assert wrong == []
    assert BANNERS.findall(nonsense(where.hostname, where.port)) == []


def nonsense(host: str, port: int) -> str:
    """What the server says to what is no HTTP."""
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(b"\x00\x01 nonsense\r\n\r\n")
        return connection.recv(4096).decode(errors="replace")


@pytest.mark.parametrize("path", ["/api/v1/feed", "/", "/admin/"])
def test_an_error_of_ours_says_no_more(path: str):
    answer = server_error(RequestFactory().get(path))

    assert answer.status_code == 500
    assert BANNERS.findall(answer.content.decode() + str(answer.headers)) == []


@pytest.mark.django_db
def test_who_erases_everything_is_told_to_clear_the_browser():
    answer = Client(headers={"Sec-Fetch-Site": "same-origin"}).delete("/api/v1/device")

    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert "no-store" in answer["Cache-Control"]
