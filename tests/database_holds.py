"""Standing in a worker's way inside the database: from connections of others, as PostgreSQL and SQLite allow it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection

from campaigns.models import Batch
from tests.delivering import database_url, wait_until

ADVISORY = 7_500_000
IN_COMMIT = f"""
CREATE FUNCTION wait_in_commit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared({ADVISORY}); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wait_in_commit AFTER UPDATE ON campaigns_batch DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.cursor > OLD.cursor) EXECUTE FUNCTION wait_in_commit();
"""
WAITING = "FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

LONG_CHECKPOINT = """
CREATE TRIGGER long_checkpoint AFTER UPDATE ON campaigns_batch WHEN NEW.cursor > OLD.cursor
BEGIN SELECT sum(a.id + b.id + c.id) FROM accounts_device a, accounts_device b, accounts_device c; END
"""

# A process of its own: closing any handle on the file would drop the locks that its process has on it.
# "lock" and "free" answer once it is so; "catch PID" stops that process (SIGSTOP) when it next has the write lock:
# byte 120 of the file's shared memory (sqlite.org/walformat.html, 2.3.1).
WRITER = """
import fcntl, os, signal, sqlite3, struct, sys, time
writer = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
writer.execute("SELECT count(*) FROM sqlite_master").fetchone()
shared = open(sys.argv[1] + "-shm", "rb")

def holder():
    asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 120, 1, 0)
    kind, _, _, _, pid = struct.unpack("hhqqi4x", fcntl.fcntl(shared, fcntl.F_GETLK, asked))
    return None if kind == fcntl.F_UNLCK else pid

def catch(pid):
    while True:
        os.kill(pid, signal.SIGCONT)
        while holder() == pid:
            pass
        while holder() != pid:
            pass
        os.kill(pid, signal.SIGSTOP)
        while open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.0002)
        if holder() == pid:
            return

for line in sys.stdin:
    word, *numbers = line.split()
    if word == "catch":
        catch(int(numbers[0]))
    else:
        writer.execute("BEGIN IMMEDIATE" if word == "lock" else "ROLLBACK")
    print("done", flush=True)
"""


class PostgresHolds:
    """Locks of rows and tables, and a trigger that waits inside COMMIT."""

    def __init__(self) -> None:
        self._connection = psycopg.connect(database_url(), autocommit=True)
        # Inside a transaction the list of sessions is that of its first look.
        self._looking = psycopg.connect(database_url(), autocommit=True)

    def close(self) -> None:
        """Gives back whatever is held."""
        self._connection.execute("DROP TRIGGER IF EXISTS wait_in_commit ON campaigns_batch")
        self._connection.execute("DROP FUNCTION IF EXISTS wait_in_commit")
        self._connection.close()
        self._looking.close()

    @contextmanager
    def checkpoints(self, batch: Batch) -> Iterator[None]:
        """A context in which no window of the batch can be noted."""
        with self._connection.transaction():
            self._connection.execute("SELECT 1 FROM campaigns_batch WHERE id = %s FOR UPDATE", [batch.pk])
            yield

    @contextmanager
    def inserts(self, table: str) -> Iterator[None]:
        """A context in which nobody writes into the table."""
        with self._connection.transaction():
            self._connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield

    @contextmanager
    def commits(self) -> Iterator[None]:
        """A context in which a transaction that notes a window waits in its COMMIT."""
        self._connection.execute(IN_COMMIT)
        self._connection.execute("SELECT pg_advisory_lock(%s)", [ADVISORY])
        try:
            yield
        finally:
            self._connection.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY])

    def await_arrival(self, query: str = "%") -> None:
        """Waits until somebody stands at what is held, in such a query."""
        look = f"SELECT 1 {WAITING} AND query ILIKE %s"
        wait_until(lambda: self._looking.execute(look, [query]).fetchone(), "somebody waiting for the lock")

    def undo_waiting(self) -> None:
        """Ends the sessions that wait: what they were about to commit is rolled back."""
        self._connection.execute(f"SELECT pg_terminate_backend(pid, 5000) {WAITING}")


class SqliteHolds:
    """The one write lock of the file."""

    def __init__(self) -> None:
        command = [sys.executable, "-c", WRITER, str(connection.settings_dict["NAME"])]
        self._writer = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self) -> None:
        """Gives back whatever is held."""
        self._writer.kill()
        self._writer.communicate()

    def _tell(self, word: str) -> None:
        assert self._writer.stdin is not None
        assert self._writer.stdout is not None
        self._writer.stdin.write(f"{word}\n")
        self._writer.stdin.flush()
        assert self._writer.stdout.readline() == "done\n", f"{word} failed"

    @contextmanager
    def writes(self) -> Iterator[None]:
        """A context in which nobody else writes."""
        self._tell("lock")
        try:
            yield
        finally:
            self._tell("free")

    @contextmanager
    def long_checkpoints(self) -> Iterator[None]:
        """A context in which noting a window takes about a second, with the write lock held."""
        with connection.cursor() as cursor:
            cursor.execute(LONG_CHECKPOINT)
        try:
            yield
        finally:
            # Else every later test on this file is as slow, with its own numbers of devices.
            with connection.cursor() as cursor:
                cursor.execute("DROP TRIGGER long_checkpoint")

    def catch_writing(self, process: "subprocess.Popen[bytes]") -> None:
        """Lets the process go on until it is inside its next write transaction, and leaves it frozen there."""
        self._tell(f"catch {process.pid}")


@pytest.fixture
def postgres_holds(transactional_db: None) -> Iterator[PostgresHolds]:
    """PostgreSQL's; skips on SQLite."""
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's locks")
    holds = PostgresHolds()
    yield holds
    holds.close()


@pytest.fixture
def sqlite_holds(transactional_db: None) -> Iterator[SqliteHolds]:
    """SQLite's; skips on PostgreSQL."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's lock")
    holds = SqliteHolds()
    yield holds
    holds.close()
