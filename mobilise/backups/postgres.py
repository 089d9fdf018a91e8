"""PostgreSQL: pg_dump's own format. Passwords go by the environment: a command line is seen by all of the machine."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.client import DatabaseClient

from mobilise.backups.problem import BackupError

MAGIC = b"PGDMP"
PACKAGE = "postgresql-client"
# Of whoever uses the database we restore to: wait so long, then say so.
LOCK_SECONDS = 15
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND usename = current_user AND backend_type = 'client backend'
AND pid <> pg_backend_pid()
"""


class Postgres:
    """The database of a connection, by PostgreSQL's programs."""

    name = "PostgreSQL"

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        command, environment = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
        self._address = command[1:]
        self._environment = os.environ | (environment or {})

    def save(self, target: Path) -> None:
        """Dumps one moment of the database while others write. Raises BackupError."""
        with target.open("wb") as file:
            self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", *self._address, stdout=file)
        self._run("pg_restore", "--list", str(target))

    def load(self, source: Path, *, then: Sequence[str] = ()) -> list[int]:
        """Replaces all tables, in one transaction. Raises BackupError; then all is as before."""
        command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *self._address]
        psql = self._start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert psql.stdin is not None  # noqa: S101  # a pipe was asked for
        # Not psql's own --single-transaction, which would commit half of it if we ended now: COMMIT is what comes last.
        complaint = self._send(source, psql.stdin, then)
        if complaint:
            psql.kill()
        counts, said = psql.communicate()
        if psql.returncode or complaint:
            raise BackupError(f"{source} could not be restored: {_why(complaint or said.decode(errors='replace'))}")
        return [int(count) for count in counts.split()]

    def others(self) -> int:
        """Sessions of the same user beside this connection's."""
        with self._connection.cursor() as cursor:
            cursor.execute(OTHERS)
            return int(cursor.fetchone()[0])

    def _send(self, source: Path, into: IO[bytes], then: Sequence[str]) -> str:
        """Writes what replaces the tables. Gives what pg_restore complains of; "" when it has written all."""
        script = ["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(source)]
        reader = self._start(script, stdout=subprocess.PIPE)
        assert reader.stdout is not None  # noqa: S101  # as above
        try:
            # What the backup's own statements answer is not read.
            into.write(b"\\o /dev/null\n")
            into.write(f"BEGIN; SET LOCAL lock_timeout = '{LOCK_SECONDS}s';\n{self._drops()}".encode())
            shutil.copyfileobj(reader.stdout, into)
            complaint = reader.communicate()[1].decode(errors="replace")
            if reader.returncode:
                return complaint or "pg_restore failed."
            # A dump's own names are all spelled out.
            into.write(b"\nRESET search_path;\n")
            for statement in then:
                into.write(f"\n{statement};\n\\echo :ROW_COUNT\n".encode())
            into.write(b"\nCOMMIT;\n")
            into.flush()
        except BrokenPipeError:
            # psql has ended; what it said tells why.
            reader.kill()
            reader.communicate()
        return ""

    def _drops(self) -> str:
        """Tables that the backup does not have go too: it may be older than they are."""
        with self._connection.cursor() as cursor:
            tables = self._connection.introspection.table_names(cursor)
        quoted = ", ".join(self._connection.ops.quote_name(table) for table in tables)
        return f"DROP TABLE {quoted} CASCADE;\n" if tables else ""

    def _run(self, *command: str, stdout: IO[bytes] | int = subprocess.DEVNULL) -> None:
        process = self._start(command, stdout=stdout)
        said = process.communicate()[1].decode(errors="replace")
        if process.returncode:
            raise BackupError(f"{command[0]} failed: {_why(said)}")

    def _start(
        self, command: list[str] | tuple[str, ...], *, stdout: IO[bytes] | int, stdin: int = subprocess.DEVNULL
    ) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(  # noqa: S603  # our own words and the settings', no shell
                command, env=self._environment, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE
            )
        except FileNotFoundError as error:
            raise BackupError(f"{command[0]} is missing: install it (apt-get install {PACKAGE}).") from error


def _why(said: str) -> str:
    """The line that tells it: hints and positions stand below."""
    lines = [line for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() or "fatal" in line.lower()]
    return (telling or lines[-1:] or ["it did not say why."])[0]
