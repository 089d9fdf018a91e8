"""`make run` without its installing: the whole site as one process with its children."""

import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE

ROOT = Path(__file__).parent.parent
SECRETS = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "VAPID_PRIVATE_KEYS", "VAPID_SUBJECT")
# What the tests' own settings have put into this process's environment.
OWN = ("VAR_DIR", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "REQUIRE_MFA", "SITE_URL", "PORT", *SECRETS)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(var: Path, port: int, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name not in OWN}
    return {**clean, "VAR_DIR": str(var), "PORT": str(port), **more}


def try_to_run(var: Path, port: int, words: str = "", **more: str) -> "subprocess.CompletedProcess[str]":
    """Runs the site where it is expected to refuse."""
    command = [sys.executable, "-m", "mobilise.supervisor"]
    env = environment(var, port, **more)
    return subprocess.run(
        command, env=env, cwd=ROOT, input=words, capture_output=True, text=True, check=False, timeout=PATIENCE
    )


class Site:
    """A started site; ``text`` is what it has said so far."""

    def __init__(self, var: Path, port: int, passphrase: str = "") -> None:
        self.var, self.port = var, port
        self._log = var.parent / f"log-{port}"
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", "mobilise.supervisor"]
            self.process = subprocess.Popen(
                command,
                env=environment(var, port),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        assert self.process.stdin
        with self.process.stdin:
            self.process.stdin.write(passphrase.encode())

    @property
    def text(self) -> str:
        return self._log.read_text()

    def wait_for(self, pattern: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self.text):
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.1)

    def children(self) -> dict[int, str]:
        """Its services: process to command line."""
        found = {}
        for entry in Path("/proc").iterdir():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                words = (entry / "cmdline").read_text().split("\0")
            except (OSError, NotADirectoryError):
                continue
            if int(fields[1]) == self.process.pid and fields[0] != "Z":
                found[int(entry.name)] = " ".join(words)
        return found

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[..., Site]]:
    """Starts sites on a data directory, and leaves none behind."""
    sites: list[Site] = []

    def start(var: Path, passphrase: str = "") -> Site:
        sites.append(Site(var, free_port(), passphrase))
        sites[-1].wait_for(r"(?s)(worker: runs.*){4}")
        return sites[-1]

    yield start
    for site in sites:
        site.process.kill()
        site.process.wait()


@pytest.fixture(scope="module")
def site(start: Callable[..., Site], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """One start is enough for all who only look."""
    return start(tmp_path_factory.mktemp("site") / "var")


def test_it_answers_at_the_port_and_says_where(site: Site) -> None:
    site.wait_for(f"App +http://127.0.0.1:{site.port}/")
    with urllib.request.urlopen(f"http://127.0.0.1:{site.port}/api/v1/feed") as response:
        assert b"500SignaturesPourAnasse" in response.read()


def test_it_runs_web_scheduler_and_a_worker_for_each_queue(site: Site) -> None:
    commands = sorted(re.sub(r".*(granian|manage\.py) ", r"\1 ", command) for command in site.children().values())
    assert [command.split(" --host")[0].strip() for command in commands] == [
        "granian mobilise.wsgi:application --interface wsgi",
        "manage.py scheduler",
        "manage.py worker --queue delivery",
        "manage.py worker --queue interactive",
        "manage.py worker --queue maintenance",
        "manage.py worker --queue retries",
    ]


def test_its_data_is_for_its_owner_alone(site: Site) -> None:
    assert stat.S_IMODE(site.var.stat().st_mode) == 0o700
    assert stat.S_IMODE((site.var / "secrets.env").stat().st_mode) == 0o600
    assert stat.S_IMODE((site.var / "mobilise.sqlite3").stat().st_mode) == 0o600


def test_it_shows_the_passwords_once_and_keeps_only_hashes(site: Site) -> None:
    passwords = re.findall(r"Organiser \w+ \(\w+\), password (\S+)", site.text)
    with sqlite3.connect(site.var / "mobilise.sqlite3") as database:
        hashes = [row[0] for row in database.execute("SELECT password FROM accounts_user")]
    assert len(passwords) == len(hashes) == 2
    assert [hash_ for hash_ in hashes if not hash_.startswith("pbkdf2_sha256$")] == []


def test_a_second_one_on_the_same_data_is_refused(site: Site) -> None:
    refused = try_to_run(site.var, free_port())
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr == (
        f"The site is running already on {site.var} (process {site.process.pid}). "
        "Stop that one first, or set VAR_DIR to another directory.\n"
    )


def test_a_port_in_use_is_refused_before_anything_is_made(site: Site, tmp_path: Path) -> None:
    refused = try_to_run(tmp_path / "var", site.port)
    assert refused.returncode == 1
    assert refused.stderr == (
        f"Port {site.port} is in use: stop what uses it, or choose another: PORT={site.port + 1} make run\n"
    )
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["run.lock"]


@pytest.mark.parametrize("port", ["no", "0", "70000"])
def test_what_is_no_port_is_refused(tmp_path: Path, port: str) -> None:
    refused = try_to_run(tmp_path / "var", 1, PORT=port)
    assert (refused.returncode, refused.stderr) == (1, f"PORT={port} is no port: use a number from 1 to 65535.\n")


@pytest.mark.parametrize("number", ["none", "0", "-1"])
def test_what_is_no_number_of_web_processes_is_refused(tmp_path: Path, number: str) -> None:
    refused = try_to_run(tmp_path / "var", free_port(), WEB_PROCESSES=number)
    said = f"WEB_PROCESSES={number} is no number of processes: use 1 or more.\n"
    assert (refused.returncode, refused.stderr) == (1, said)


def test_a_database_without_its_keys_is_refused(tmp_path: Path) -> None:
    var = tmp_path / "var"
    var.mkdir()
    (var / "mobilise.sqlite3").touch()
    refused = try_to_run(var, free_port())
    assert refused.returncode == 1
    assert "is there, but its keys are not" in refused.stderr
    assert not (var / "secrets.env").exists()


def test_it_stops_at_once_and_starts_again_with_the_same_secrets_and_data(
    start: Callable[..., Site], tmp_path: Path
) -> None:
    var = tmp_path / "var"
    first = start(var)
    children, secrets = first.children(), (var / "secrets.env").read_text()
    began = time.monotonic()
    assert first.stop() == 0
    assert time.monotonic() - began < 10
    assert children
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
    assert "Traceback" not in first.text

    second = start(var)
    assert (var / "secrets.env").read_text() == secrets
    assert "password" in second.text.split("A new ")[1]
    assert "Organiser demo (" not in second.text
    assert second.stop() == 0


def test_sealed_secrets_are_asked_for_and_never_written_down(start: Callable[..., Site], tmp_path: Path) -> None:
    var, passphrase = tmp_path / "var", "sept mots que personne ne devine ici\n"
    assert start(var).stop() == 0
    seal = [sys.executable, "-m", "mobilise.sealing", "seal", var / "secrets.env", var / "secrets.sealed"]
    subprocess.run(seal, cwd=ROOT, input=passphrase, text=True, check=True, timeout=PATIENCE)
    (var / "secrets.env").unlink()

    refused = try_to_run(var, free_port(), "another one, and long enough\n")
    assert refused.returncode == 1
    assert "The passphrase does not open it." in refused.stderr
    assert "nothing was started" in refused.stderr

    assert start(var, passphrase).stop() == 0
    assert not (var / "secrets.env").exists()
