"""`manage.py backup FILE`: the whole database in one file, while the site runs."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from campaigns.models import Follow
from mobilise.backups import BackupError, engine_of, new_private_file

# What `systemctl stop` sends, and a terminal that is closed.
STOP_SIGNALS = (signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    """The same for SQLite and PostgreSQL."""

    help = "Saves the database to a new file, readable for you alone. The site may run. The keys are not in it."
    # They look at addresses and the admin, which this has no use for: more than half of its time.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to."""
        parser.add_argument("file", type=Path, help="a file that is not there yet")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        """Says what is in it, and what is not."""
        if Follow._meta.db_table not in connection.introspection.table_names():
            raise CommandError("There is nothing to save: this database has no tables. Check DATABASE_URL and VAR_DIR.")
        follows = Follow.objects.count()
        try:
            with _leaving_when_told_to(), new_private_file(file) as draft:
                engine_of(connection).save(draft)
        except BackupError as error:
            raise CommandError(f"Nothing was saved. {error}") from error
        self.stdout.write(f"{file}: {file.stat().st_size:,} bytes, about {follows} follows.")
        self.stdout.write(
            "FIELD_KEYS and INDEX_KEY are not in it. Without them nobody can read it, you included; with them it is a "
            "list of phones. Keep them apart from it."
        )


@contextmanager
def _leaving_when_told_to() -> Iterator[None]:
    """A signal ends what is within as an exception does: a half of a backup is deleted, not left."""
    before = {number: signal.signal(number, _leave) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: object) -> NoReturn:
    # As the shell says that a signal has ended it.
    sys.exit(128 + number)
