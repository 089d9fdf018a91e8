"""One migrated file for all who test side by side on SQLite: to migrate takes ten seconds of each, to copy none."""

import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.engines import engine


class Migrated:
    """The file that the first makes and the others copy; ``is_there`` once somebody has made it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = file.with_suffix(".lock").open("wb")
        # Others wait until the first has made it, or has ended without.
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.is_there = file.exists()

    def make(self) -> None:
        """Of the database that the tests of this process have now."""
        half = self._file.with_suffix(".half")
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(half)])
        half.rename(self._file)

    def copy(self, target: Path) -> None:
        """Puts it there, too."""
        shutil.copyfile(self._file, target)

    def close(self) -> None:
        """Lets the next one in."""
        self._lock.close()


@pytest.fixture(scope="session")
def _migrated(request: pytest.FixtureRequest, django_db_modify_db_settings: None) -> Iterator[Migrated | None]:
    """Of this run; None for who tests alone, or on a server."""
    run = getattr(request.config, "workerinput", {}).get("testrunuid")
    if run is None or engine() != "sqlite":
        yield None
        return
    ours = Path(settings.DATABASES["default"]["TEST"]["NAME"])
    migrated = Migrated(ours.parent.parent / f"migrated-{run}.sqlite3")
    if migrated.is_there:
        migrated.copy(ours)
        migrated.close()
    yield migrated
    migrated.close()


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool, _migrated: Migrated | None) -> bool:
    """Whether the database is there already. Migrations that it lacks are made up for, as in any that is kept."""
    return django_db_keepdb or (_migrated is not None and _migrated.is_there)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, _migrated: Migrated | None, django_db_blocker: DjangoDbBlocker) -> None:
    """The database, and the file for the others if this process is the first to have one."""
    if _migrated is not None and not _migrated.is_there:
        with django_db_blocker.unblock():
            _migrated.make()
        _migrated.close()
