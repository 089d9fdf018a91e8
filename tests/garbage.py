"""Python looks for garbage seldom: of each second that the tests computed, a seventh went into looking.

Most of what it looked through was the tests themselves and the project's modules, which all stay until the end.
"""

import gc

import pytest

# So many new objects, of 700, before the youngest are looked through; so many times, of 10, before older ones are.
NEW_OBJECTS, TIMES = 50_000, 20


def pytest_sessionstart() -> None:
    gc.set_threshold(NEW_OBJECTS, TIMES, TIMES)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there before the first test is looked through no more."""
    gc.freeze()
