"""The whole house as processes of their own, web included, and a browser on a phone that speaks to it."""

import http.client
import json
import re
import subprocess
import sys
import urllib.parse
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from mobilise.supervisor.address import Address
from mobilise.supervisor.site import QUEUES, site_services
from tests.delivering import ROOT, Processes, wait_until
from tests.patience import PATIENCE
from tests.push_service.client import PushService
from tests.running_site import free_port
from tests.sqlite_files import read_file

# Shorter texts are found in ordinary words.
SHORTEST_SECRET = 6


class Browser:
    """Speaks HTTP to the site from an address, keeps cookies, and remembers each value that it was given."""

    def __init__(self, port: int, address: str) -> None:
        self._port, self._address = port, address
        self._cookies: dict[str, str] = {}
        self.given: set[str] = set()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        """(status, text). ``body``: what becomes JSON, or a form under /accounts/ and /admin/; text goes as it is."""
        sent = {"X-Forwarded-For": self._address, "Sec-Fetch-Site": "same-origin", "Host": f"127.0.0.1:{self._port}"}
        if self._cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        is_form = path.startswith(("/accounts/", "/admin/"))
        if isinstance(body, dict):
            body = urllib.parse.urlencode(body) if is_form else json.dumps(body)
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded" if is_form else "application/json"
        sent |= {name.replace("_", "-"): text for name, text in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
        connection.request(method, path, body and body.encode(), sent)
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self._cookies[name] = morsel.value
                self.given.add(morsel.value)
        connection.close()
        return answer.status, text

    def submit(self, path: str, **fields: str) -> tuple[int, str]:
        """Fills in the form of a page and sends it."""
        _, page = self.call("GET", path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, page
        self.given.add(found[1])
        return self.call(
            "POST", path, {"csrfmiddlewaretoken": found[1], **fields}, Origin=f"http://127.0.0.1:{self._port}"
        )


class House:
    """Web, scheduler and one worker for each queue."""

    def __init__(self, processes: Processes, folder: Path, **settings: str) -> None:
        self._processes = processes
        self.port = free_port()
        origin = f"http://127.0.0.1:{self.port}"
        processes.env |= {"SITE_URL": origin, "TRUSTED_PROXIES": "127.0.0.1", "VAR_DIR": str(folder), **settings}
        command = site_services(sys.executable, Address("127.0.0.1", self.port))[0].command
        with processes.log.open("ab") as log:
            self._web = subprocess.Popen(command, cwd=ROOT, env=processes.env, stdout=log, stderr=log)
        self.scheduler = processes.start("scheduler")
        self.workers = {queue: processes.start("worker", "--queue", queue) for queue in QUEUES}

    def wait(self) -> None:
        """Until it answers and the scheduler ticks."""
        wait_until(self._is_up, "the house is up")

    def _is_up(self) -> bool:
        try:
            return "scheduler: last tick" in Browser(self.port, "127.0.0.1").call("GET", "/readyz")[1]
        except OSError:
            return False

    def replace(self, queue: str) -> None:
        """kill -9 of a worker, and another in its place."""
        self._processes.kill(self.workers[queue])
        self.workers[queue] = self._processes.start("worker", "--queue", queue)

    def stop(self) -> None:
        """Asks all to end."""
        running = [self._web, self.scheduler, *self.workers.values()]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def log(self) -> str:
        """Everything that any of them has written."""
        return self._processes.log.read_text(errors="replace")


@pytest.fixture
def start_house(processes: Processes, tmp_path: Path, push_service: PushService) -> Iterator[Any]:
    """Starts the house with some settings; it is ended after the test."""
    started: list[House] = []

    def start(**settings: str) -> House:
        started.append(House(processes, tmp_path, **settings))
        started[-1].wait()
        return started[-1]

    yield start
    for house in started:
        house.stop()


def task_table() -> str:
    """All that is stored of tasks."""
    return "\n".join(json.dumps(row, default=str) for row in DBTaskResult.objects.values())


def database_dump() -> dict[str, str]:
    """Every table's rows as text, bytes as text, in hexadecimal and in base64url; and the file itself, if it is one."""
    dump = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  # a name of ours
            dump[table] = "\n".join(_as_text(value) for row in cursor.fetchall() for value in row)
    if connection.vendor == "sqlite":
        file = Path(connection.settings_dict["NAME"])
        for part in (file, file.with_name(f"{file.name}-wal")):
            if part.exists():
                dump[part.suffix or part.name] = read_file(part).decode("latin-1")
    return dump


def _as_text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        return f"{raw.decode(errors='replace')}\n{raw.hex()}\n{urlsafe_b64encode(raw).decode()}"
    return str(value)


def find_leaks(secrets: dict[str, str], text: str) -> list[str]:
    """The names of the secrets that occur in the text, as they are or percent-encoded."""
    assert secrets
    short = [name for name, value in secrets.items() if len(value) < SHORTEST_SECRET]
    assert not short, f"too short to be looked for: {short}"
    text = text.casefold()
    return [name for name, value in secrets.items() if any(form.casefold() in text for form in _forms(value))]


def _forms(value: str) -> tuple[str, str, str]:
    """As it is, in an address, in JSON."""
    return value, urllib.parse.quote(value, safe=""), json.dumps(value)[1:-1]
