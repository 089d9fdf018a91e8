"""Rows whose order says nothing: neither their numbers nor their places in the table tell which was made first.

Phones are numbered as they come. A table of parts in the same order could be laid beside them, line by line, and no key
would be needed. So a new row has a random number; and, as PostgreSQL keeps and dumps rows as they came, with the number
of the transaction that wrote each, it is written once more some minutes later, in the order of the random numbers.
"""

import secrets
from typing import Any

from django.db import connections, models, router, transaction

# Numbers of rows that were not written anew yet are below, those of the others from here to twice as much.
NEW_BELOW = 2**61
AT_ONCE = 500
# In one run: a crowd that comes meanwhile has the database for itself.
MOST_IN_A_RUN = 20_000


def fresh_id() -> int:
    """The number of a new row."""
    return 1 + secrets.randbelow(NEW_BELOW - 1)


def settle(model: type[models.Model], most: int = MOST_IN_A_RUN) -> int:
    """Writes new rows of the model anew, under other numbers. Nothing may point at them. Returns how many."""
    moved = 0
    while moved < most and (some := _settle_some(model)):
        moved += some
    return moved


def _settle_some(model: type[models.Model]) -> int:
    using = router.db_for_write(model)
    quote = connections[using].ops.quote_name
    table, column = quote(model._meta.db_table), quote(model._meta.pk.get_attname_column()[1] or "id")
    with transaction.atomic(using):
        # What somebody holds is left for the next run: so nobody ever waits for this while it waits for them.
        new = _rows(model).using(using).select_for_update(skip_locked=True).filter(pk__lt=NEW_BELOW).order_by("pk")
        pairs = [(NEW_BELOW + secrets.randbelow(NEW_BELOW), old) for old in new.values_list("pk", flat=True)[:AT_ONCE]]
        if pairs:
            with connections[using].cursor() as cursor:
                # Names of our own models; the numbers go as parameters.
                cursor.executemany(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", pairs)  # noqa: S608
    return len(pairs)


def _rows(model: type[models.Model]) -> "models.QuerySet[Any]":
    return models.QuerySet(model)
