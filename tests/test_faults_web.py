"""kill -9 of web processes while a crowd joins: whoever was told "yes" is in the database, and counted."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from accounts.models import Device
from campaigns.models import Action, Participation, Tally
from campaigns.models.participation import participation_token
from mobilise.supervisor.address import Address
from mobilise.supervisor.site import site_services
from tests.delivering import ROOT, database_url, wait_until
from tests.make import make_device, make_hashtag_push
from tests.patience import PATIENCE
from tests.servers.server import LOOPBACK, free_port

CROWD = 240
PHONES_AT_ONCE = 12
# So many were told "yes" when each process is killed.
KILLS = (30, 90)

pytestmark = pytest.mark.django_db(transaction=True)


class Web:
    """The web server with its processes, as `make run` starts it."""

    def __init__(self, log: Path) -> None:
        self.address = Address(LOOPBACK, free_port())
        command = site_services(sys.executable, self.address)[0].command
        values = {
            "DJANGO_SETTINGS_MODULE": "mobilise.settings",
            "DATABASE_URL": database_url(),
            "SITE_URL": self.address.url,
            "ALLOWED_HOSTS": LOOPBACK,
        }
        with log.open("wb") as written:
            environment = os.environ | values
            self._main = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=written, stderr=written)

    @property
    def processes(self) -> set[int]:
        """Those that answer."""
        children = Path(f"/proc/{self._main.pid}/task").glob("*/children")
        return {int(pid) for file in children for pid in file.read_text(encoding="ascii").split()}

    def answers(self) -> bool:
        """Whether the site is up."""
        try:
            return ask(HTTPConnection(LOOPBACK, self.address.port, timeout=5), "GET", "/api/v1/config") == 200
        except (OSError, HTTPException):
            return False

    def stop(self) -> None:
        """Ends all of it."""
        self._main.terminate()
        try:
            self._main.wait(20)
        finally:
            self._main.kill()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """It answers."""
    log = tmp_path / "web.log"
    started = Web(log)
    try:
        wait_until(started.answers, "the web server answers")
        yield started
    finally:
        started.stop()
        print(log.read_text())  # noqa: T201  # pytest shows it when the test failed


def ask(connection: HTTPConnection, method: str, path: str, body: str = "", **headers: str) -> int:
    """The answer's status, once all of it has come."""
    named = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"}
    connection.request(method, path, body or None, named | headers)
    response = connection.getresponse()
    response.read()
    return response.status


def join(web: Web, action: Action, devices: list[Device], told: list[Device]) -> None:
    """One after the other; those who were told "yes" are noted."""
    connection = HTTPConnection(LOOPBACK, web.address.port, timeout=PATIENCE)
    for device in devices:
        cookie = f"device={device.cookie}"  # type: ignore[attr-defined]
        path = f"/api/v1/actions/{action.uuid}/participation"
        try:
            if ask(connection, "PUT", path, '{"stage": "joined"}', Cookie=cookie) == 200:
                told.append(device)
        except (OSError, HTTPException):
            # Cut off in the middle: it may count or not, and the phone asks again.
            connection.close()


def test_nobody_who_was_told_yes_is_lost_when_web_processes_are_killed(web: Web):
    action, devices, told = make_hashtag_push(), [make_device() for _ in range(CROWD)], list[Device]()
    crowd = [
        threading.Thread(target=join, args=(web, action, devices[number::PHONES_AT_ONCE], told))
        for number in range(PHONES_AT_ONCE)
    ]
    for one in crowd:
        one.start()
    killed = set()
    for number in KILLS:
        wait_until(lambda number=number: len(told) >= number, "the crowd joins")
        victim = min(web.processes - killed)
        os.kill(victim, signal.SIGKILL)
        killed.add(victim)
    for one in crowd:
        one.join()

    rows = {bytes(token) for token in Participation.objects.filter(action=action).values_list("token", flat=True)}
    assert len(told) > KILLS[-1]
    assert [device.pk for device in told if participation_token(action, device.pk) not in rows] == []
    assert Tally.objects.sums(action)["joined"]["total"] == len(rows)
