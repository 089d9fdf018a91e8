"""SQLite's write-ahead log: it holds pages as they were, those of deleted rows too, until it is emptied."""

import logging
from time import monotonic

from django.db import connection

logger = logging.getLogger(__name__)

# Writers wait while it waits for those who read.
PATIENCE_MILLISECONDS = 500
BACK_MILLISECONDS = 20_000
# When nobody could empty it for so long, whoever runs the site should know.
UNEASY_SECONDS = 3600.0

_emptied = monotonic()


def empty() -> bool:
    """Writes what is in it into the database, and cuts it to nothing. False when others are in the way: try later.

    Nothing to do on PostgreSQL, nor inside a transaction.
    """
    global _emptied
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return True
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MILLISECONDS}")
        try:
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {BACK_MILLISECONDS}")
    if not busy:
        _emptied = monotonic()
    elif monotonic() - _emptied > UNEASY_SECONDS:
        logger.warning("SQLite's log could not be emptied for an hour: what was deleted may still be in it")
    return not busy
