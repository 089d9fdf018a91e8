"""What worker and scheduler make sure of before they begin."""

from django.core.management.base import CommandError
from django.db import Error

from campaigns.watching import clock


def require_right_clock() -> None:
    """Raises CommandError when others would take what is this machine's, or it theirs.

    A database that is away says nothing of it: whoever starts waits for it elsewhere.
    """
    try:
        apart = clock.seconds_apart()
    except Error:
        return
    if abs(apart) > clock.TOO_FAR_APART:
        words = clock.complaint(apart)
        raise CommandError(f"Not started: {words}. Set both by the same time server (timedatectl says how it is).")
