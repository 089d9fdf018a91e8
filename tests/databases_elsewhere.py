"""Databases beside that of the tests, empty or filled, and commands that are run on them."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from mobilise.keys import generate_secrets
from tests.delivering import ROOT
from tests.servers import Postgres

FOLLOWERS = 20
SECRETS = {**generate_secrets(), "VAPID_SUBJECT": "mailto:operator@campaign.example"}


@dataclass
class Database:
    """A database, and commands on it. ``more`` is added to their environment."""

    url: str
    folder: Path
    more: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a command is started with: nothing of the tests' own database."""
        kept = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        ours = {"DATABASE_URL": self.url, "VAR_DIR": str(self.folder), "DJANGO_SETTINGS_MODULE": "mobilise.settings"}
        return {**kept, **SECRETS, **ours, **self.more}

    def run(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """python COMMAND."""
        argv = [sys.executable, *command]
        return subprocess.run(argv, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False)

    def manage(self, *command: str) -> "subprocess.CompletedProcess[str]":
        """manage.py COMMAND."""
        return self.run("manage.py", *command)

    def rows(self, what: str) -> Any:
        """Makes rows, or counts them (tests/rows_elsewhere.py)."""
        done = self.run("-m", "tests.rows_elsewhere", what)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    def migrated(self) -> "Database":
        """With tables."""
        assert self.manage("migrate", "--verbosity", "0").returncode == 0
        return self


class Databases:
    """Makes databases of one engine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def empty(self) -> Database:
        """One without tables."""
        raise NotImplementedError

    def filled(self) -> Database:
        """One with rows, a copy of the first."""
        raise NotImplementedError

    @cached_property
    def first(self) -> Database:
        """Filled once: migrations take their time."""
        made = self.empty().migrated()
        made.rows("fill")
        return made

    @cached_property
    def counts(self) -> Any:
        """What is in the first."""
        return self.first.rows("count")

    @cached_property
    def backup(self) -> Path:
        """Of the first."""
        file = self.folder / "backup"
        done = self.first.manage("backup", str(file))
        assert done.returncode == 0, done.stderr
        return file


class SqliteDatabases(Databases):
    """Files in the folder."""

    def empty(self) -> Database:
        return Database(f"sqlite:///{self._file()}", self.folder)

    def filled(self) -> Database:
        copy = self._file()
        # Nobody has it open: it is whole, and no log lies beside it.
        shutil.copy(self.first.url.removeprefix("sqlite:///"), copy)
        return Database(f"sqlite:///{copy}", self.folder)

    def _file(self) -> Path:
        return self.folder / f"{uuid4().hex}.sqlite3"


class PostgresDatabases(Databases):
    """Databases of a server."""

    def __init__(self, folder: Path, server: Postgres) -> None:
        super().__init__(folder)
        self._server = server

    def empty(self) -> Database:
        return self._make("template0")

    def filled(self) -> Database:
        return self._make(self.first.url.rpartition("/")[2])

    def _make(self, template: str) -> Database:
        name = f"made_{uuid4().hex}"
        with psycopg.connect(self._server.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
        return Database(self._server.url(name), self.folder)
