"""Which engine a connection, and which engine a file is of."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from django.db.backends.base.base import BaseDatabaseWrapper

from mobilise.backups import postgres, sqlite
from mobilise.backups.problem import BackupError

MAGICS = {sqlite.MAGIC: "SQLite", postgres.MAGIC: "PostgreSQL"}
LONGEST_MAGIC = max(map(len, MAGICS))


class Engine(Protocol):
    """One database, saved to and loaded from files. What is raised is BackupError."""

    name: str

    def save(self, target: Path) -> None:
        """Writes one moment of the database to ``target`` while others write to it, and checks what was written."""

    def load(self, source: Path, *, then: Sequence[str] = ()) -> list[int]:
        """Replaces the database by ``source``, whole or not at all.

        Nobody sees it before the UPDATEs and DELETEs of ``then`` are done. Gives how many rows each of them changed.
        """

    def others(self) -> int:
        """How many others are at work on the database, as far as it tells."""


def engine_of(connection: BaseDatabaseWrapper) -> Engine:
    """The engine of this connection's database."""
    return sqlite.Sqlite(connection) if connection.vendor == "sqlite" else postgres.Postgres(connection)


def require_backup_of(engine: Engine, file: Path) -> None:
    """Raises BackupError unless ``file`` begins as a backup of this engine does."""
    try:
        with file.open("rb") as opened:
            head = opened.read(LONGEST_MAGIC)
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}.") from error
    found = next((name for magic, name in MAGICS.items() if head.startswith(magic)), None)
    if found is None:
        raise BackupError(f"{file} is no backup of this command: it begins like no such file.")
    if found != engine.name:
        raise BackupError(f"{file} is a backup of a {found} database, but DATABASE_URL names a {engine.name} one.")
