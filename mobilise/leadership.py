"""Of several processes that could do the same work, one leads; another takes over when it ends, however it ends."""

import fcntl
import logging
import os
from pathlib import Path
from typing import Any, Protocol

from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

# How PostgreSQL notices that the machine of a leader has vanished: within ten seconds, not two hours.
WATCH_THE_LEADER = """
SET tcp_keepalives_idle = 4; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
SET idle_session_timeout = %s
"""
# ... or that a leader stands still: a tick takes far less.
STANDS_STILL = "30s"
NEVER = "0"
ADVISORY_LOCK = 0x6D6F6269_6C697365  # "mobilise"; such locks are each database's own


class Leadership(Protocol):
    """Asked before each piece of work."""

    def is_ours(self) -> bool:
        """Whether this process leads; tries to, when it does not."""

    def give_up(self) -> None:
        """Lets another lead."""


class AdvisoryLock:
    """A lock of PostgreSQL's, held by a connection of its own for as long as that connection lives."""

    def __init__(self, alias: str = "default", *, idle: str = STANDS_STILL) -> None:
        """``idle``: after being asked nothing for so long, it leads no more."""
        self._connection: BaseDatabaseWrapper = connections.create_connection(alias)
        self._idle = idle
        self._held = False

    def is_ours(self) -> bool:
        """Whether the connection that holds it still answers. Without a database nobody leads."""
        before = self._held
        try:
            self._held = self._is_alive() if before else self._try()
        except Error:
            self.give_up()
        if before and not self._held:
            logger.warning("this process no longer leads: its connection to the database ended")
        elif self._held and not before:
            logger.info("this process leads")
        return self._held

    def give_up(self) -> None:
        """Ends the connection, and the lock with it."""
        self._held = False
        try:
            self._connection.close()
        except Error:
            self._connection.connection = None

    def _try(self) -> bool:
        if self._connection.connection is None:
            self._ask(WATCH_THE_LEADER, self._idle)
        return bool(self._ask("SELECT pg_try_advisory_lock(%s)", ADVISORY_LOCK))

    def _is_alive(self) -> bool:
        return bool(self._ask("SELECT 1"))

    def _ask(self, sql: str, *values: Any) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchone()[0] if cursor.description else None


class FileLock:
    """A lock on a file beside the database's: the system takes it back however its holder ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def is_ours(self) -> bool:
        """Whether this process has it."""
        if self._descriptor is None:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return False
            self._descriptor = descriptor
            logger.info("this process leads")
        return True

    def give_up(self) -> None:
        """Lets go of it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def scheduler_leadership(alias: str = "default", *, may_stand_still: bool = False) -> Leadership:
    """Who ticks: a lock in PostgreSQL, or beside the file of SQLite.

    ``may_stand_still``: who has it keeps it, however long it is busy with something else.
    """
    database = connections[alias]
    if database.vendor == "postgresql":
        return AdvisoryLock(alias, idle=NEVER if may_stand_still else STANDS_STILL)
    return FileLock(Path(f"{database.settings_dict['NAME']}.scheduler"))
