"""SQLite: its online backup, never a copy of the file (which would lack what is in the log, or mix two moments)."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from django.db.backends.base.base import BaseDatabaseWrapper

from mobilise.backups.problem import BackupError

MAGIC = b"SQLite format 3\0"


class Sqlite:
    """The database of a connection."""

    name = "SQLite"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def save(self, target: Path) -> None:
        """Copies one moment of the database while others write. Raises BackupError."""
        try:
            with closing(sqlite3.connect(target)) as copy:
                # All pages in one step: one read transaction, and in WAL mode readers hold up no writer.
                self._raw().backup(copy, pages=-1)
                # One file, that can be copied on: no log beside it.
                copy.execute("PRAGMA journal_mode=DELETE")
                _check(copy)
        except sqlite3.Error as error:
            raise BackupError(f"The database could not be copied: {error}.") from error

    def load(self, source: Path, *, then: Sequence[str] = ()) -> list[int]:
        """Replaces the whole database, in one transaction. Raises BackupError; then all is as before."""
        try:
            with (
                closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as saved,
                # A file without a name, in /var/tmp: changed before anybody sees it.
                closing(sqlite3.connect("")) as copy,
            ):
                _check(saved)
                saved.backup(copy, pages=-1)
                changed = [copy.execute(statement).rowcount for statement in then]
                copy.commit()
                copy.backup(self._raw(), pages=-1)
                return changed
        except sqlite3.Error as error:
            raise BackupError(f"{source} could not be restored: {error}.") from error

    def others(self) -> int:
        """None that it knows of."""
        return 0

    def _raw(self) -> sqlite3.Connection:
        self._connection.ensure_connection()
        raw: sqlite3.Connection = self._connection.connection
        return raw


def _check(database: sqlite3.Connection) -> None:
    """Raises BackupError when pages are damaged or missing."""
    verdict = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if verdict != "ok":
        raise BackupError(f"It is damaged: {verdict}.")
