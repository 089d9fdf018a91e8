"""PostgreSQL: a cluster of its own, as it would be in earnest unless told otherwise."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import weakref
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.servers.server import LOOPBACK, Missing, Server, find

PACKAGE = "postgresql"
USER = "mobilise"
# Nothing that is written has to outlive the machine: for tests that stop no server.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Who may not run root's Python cannot be on its leash; this does the same, and a fast shutdown at the end.
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--pdeathsig=INT")
STOP_BY = {"smart": signal.SIGTERM, "fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class Postgres(Server):
    """A cluster on a port of its own, made at the first start; its data stays from start to start.

    ``settings`` are those of postgresql.conf. As root it runs as the user postgres, its data then in a folder under
    the system's temporary one: PostgreSQL refuses root, and others cannot reach into root's folders.
    """

    def __init__(self, folder: Path, *, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(folder)
        self._programs = find("postgres", PACKAGE, "/usr/lib/postgresql/*/bin").parent
        self._settings = dict(settings or {})
        self._password = secrets.token_hex(16)
        self._as: dict[str, Any] = {}
        self._leash: tuple[str, ...] | None = None
        self._home = folder / "postgres"
        if os.geteuid() == 0:
            self._as, self._leash = {"user": "postgres", "group": "postgres", "extra_groups": []}, AS_POSTGRES
            self._home = Path(tempfile.mkdtemp(prefix="mobilise-postgres-"))
            weakref.finalize(self, shutil.rmtree, self._home, ignore_errors=True)
            self._give_to_postgres()

    def start(self) -> None:
        """Makes the cluster if it is not there, starts it and waits until it answers."""
        data = self._home / "data"
        if not data.exists():
            self._make_cluster(data)
        own = {"listen_addresses": LOOPBACK, "port": str(self.port), "unix_socket_directories": "", **self._settings}
        options = [word for name, value in own.items() for word in ("-c", f"{name}={value}")]
        self.launch([self._programs / "postgres", "-D", data, *options], cwd=self._home, leash=self._leash)
        self.wait_until_it_answers()

    def stop(self, mode: str = "fast") -> None:
        """``fast`` ends all connections, ``immediate`` ends without a checkpoint, as a power cut would."""
        self.end(STOP_BY[mode])

    def kill(self) -> None:
        """kill -9 of the server and of the processes that it made, which have groups of their own."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        self.end(signal.SIGKILL)
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)

    def create(self, database: str) -> None:
        """An empty database."""
        self._run("createdb", *self._address, database)

    def url(self, database: str = "postgres") -> str:
        """Where a database is, user and password included."""
        return f"postgres://{USER}:{self._password}@{LOOPBACK}:{self.port}/{database}"

    def answers(self) -> bool:
        """Whether it takes connections."""
        return self._run("pg_isready", "--quiet", *self._address, check=False).returncode == 0

    @property
    def _address(self) -> tuple[str, ...]:
        return ("-h", LOOPBACK, "-p", str(self.port), "-U", USER)

    def _make_cluster(self, data: Path) -> None:
        words = self._home / "password"
        self._home.mkdir(parents=True, exist_ok=True)
        words.write_text(self._password)
        if self._as:
            shutil.chown(words, "postgres", "postgres")
        who = ["--username", USER, "--pwfile", str(words), "--auth", "scram-sha-256"]
        self._run("initdb", "-D", str(data), *who, "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")
        words.unlink()

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [str(self._programs / program), *arguments]
        environment = os.environ | {"PGPASSWORD": self._password}
        ran = subprocess.run(
            command, env=environment, cwd=self._home, capture_output=True, text=True, check=False, **self._as
        )
        if check and ran.returncode:
            raise RuntimeError(f"{program}: {ran.stderr}")
        return ran

    def _give_to_postgres(self) -> None:
        try:
            shutil.chown(self._home, "postgres", "postgres")
        except LookupError as error:
            raise Missing("the user postgres", PACKAGE) from error
