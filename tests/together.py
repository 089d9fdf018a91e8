"""Doing several things at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

THREADS = 6


def at_once(*works: Callable[[], object]) -> None:
    """Runs them in threads, each with a connection of its own."""

    def one(work: Callable[[], object]) -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, works))
