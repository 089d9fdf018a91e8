"""The whole site as `make run` starts it: web, scheduler and workers as processes, on the database of the tests."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from tests.browsers.autopush import Autopush
from tests.browsers.gcm import Gcm
from tests.browsers.push_service import push_environment
from tests.delivering import ROOT, database_url
from tests.patience import PATIENCE

PASSWORD = "correct horse battery staple"


class RunningSite:
    """A supervisor with all its services. ``origin`` is where it answers."""

    def __init__(self, folder: Path, push: dict[str, str], root: Path = ROOT) -> None:
        self._port = free_port()
        self.origin = f"http://127.0.0.1:{self._port}"
        self.log = folder / "site.log"
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.site_settings",
            "DATABASE_URL": database_url(),
            "VAR_DIR": str(folder / "var"),
            "PORT": str(self._port),
            "SITE_URL": self.origin,
            "REQUIRE_MFA": "0",
            # Each costs two seconds to start. Several are tried in tests/whole_house.py and tests/test_faults_web.py.
            "WEB_PROCESSES": "1",
            **push,
        }
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "mobilise.supervisor"]
            self._process = subprocess.Popen(command, cwd=root, env=environment, stdout=log, stderr=log)

    def wait(self) -> None:
        """Until it answers, and its scheduler has ticked."""
        end = time.monotonic() + PATIENCE
        while not self._answers():
            assert self._process.poll() is None, f"the site ended: {self.log.read_text()}"
            assert time.monotonic() < end, f"no answer within {PATIENCE} s: {self.log.read_text()}"
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.origin}/readyz", timeout=5) as response:  # noqa: S310  # ours
                # The web server is there before the scheduler, whose first tick puts the house in order.
                return response.status == 200 and b"starting" not in response.read()
        except (urllib.error.URLError, OSError):
            return False

    def make_organiser(self, name: str) -> User:
        """Gives an organiser of the demo a password that the test knows."""
        user = User.objects.get(username=name)
        user.set_password(PASSWORD)
        user.save()
        return user

    def stop(self) -> None:
        """Ctrl-C, and nothing is left."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(30)
        finally:
            self._process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


StartSite = Callable[[dict[str, str]], RunningSite]


@pytest.fixture
def start_site(transactional_db: None, tmp_path: Path) -> Iterator[StartSite]:
    """Starts the site with what the back end has to know of the push services, or another setting.

    The demo campaign is in it, unless SITE_URL is another machine's.
    """
    index = Path(settings.FRONTEND_DIST) / "index.html"
    assert index.exists(), "the front end is not built: make test builds it, or npm run build in frontend/"
    started: list[RunningSite] = []

    def start(push: dict[str, str]) -> RunningSite:
        site = RunningSite(tmp_path, push)
        started.append(site)
        site.wait()
        return site

    yield start
    for site in started:
        site.stop()


@pytest.fixture
def site(start_site: StartSite, autopush: Autopush, gcm: Gcm) -> RunningSite:
    """The demo, with the push services of both browsers."""
    return start_site(push_environment(autopush, gcm))
