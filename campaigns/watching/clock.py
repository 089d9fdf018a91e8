"""This machine's clock beside the database's: leases are given and taken by it, so it has to be everybody's."""

import time

from django.db import connection

# Well below the seconds that a lease has left when it is renewed.
MOST_APART = 5.0
# Nothing works with such a clock.
TOO_FAR_APART = 10.0


def seconds_apart() -> float:
    """How far this machine's clock is ahead of PostgreSQL's, or behind (negative); 0 with SQLite, on one machine."""
    if connection.vendor != "postgresql":
        return 0.0
    before = time.clock_gettime(time.CLOCK_REALTIME)
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        theirs = float(cursor.fetchone()[0])
    # The answer is from some moment in between.
    return max(before - theirs, 0.0) + min(time.clock_gettime(time.CLOCK_REALTIME) - theirs, 0.0)


def complaint(apart: float) -> str:
    """In words for the operator."""
    way = "ahead of" if apart > 0 else "behind"
    return f"the clock of this machine is {abs(apart):.0f} s {way} the database's"
