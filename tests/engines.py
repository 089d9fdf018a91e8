"""What the tests run on: TEST_ENGINE is sqlite (the default), postgres, or celery (PostgreSQL, RabbitMQ and Redis).

Servers are started for the run and end with it, unless TEST_DATABASE_URL, TEST_BROKER_URL or TEST_CACHE_URL name some.
"""

import atexit
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.servers import Missing, Postgres, RabbitMQ, Redis
from tests.servers.postgres import CARELESS
from tests.servers.server import Server

T = TypeVar("T")
NAMES = ("DATABASE_URL", "BROKER_URL", "CACHE_URL")
ENGINES = {"sqlite": (), "postgres": NAMES[:1], "celery": NAMES}


def engine() -> str:
    """TEST_ENGINE."""
    name = os.environ.get("TEST_ENGINE", "sqlite")
    if name not in ENGINES:
        raise ValueError(f"TEST_ENGINE={name}: use one of {', '.join(ENGINES)}")
    return name


def set_addresses(folder: Path) -> None:
    """Puts the engine's addresses into the environment, and nothing of the caller's own; starts what is not given.

    Raises Missing when a server is not installed.
    """
    for name in NAMES:
        os.environ.pop(name, None)
    for name in ENGINES[engine()]:
        given = os.environ.get(f"TEST_{name}")
        os.environ[name] = given or _start(name, folder)
        # For the processes that tests start with these settings.
        os.environ[f"TEST_{name}"] = os.environ[name]


def or_skip(make: Callable[[], T]) -> T:
    """A server that a test wants beside the engine. Where it is not installed the test is skipped, and fails in CI."""
    try:
        return make()
    except Missing as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


def _start(name: str, folder: Path) -> str:
    if name == "DATABASE_URL":
        postgres = Postgres(folder / "postgres", settings=CARELESS)
        _run(postgres)
        return postgres.url("postgres")
    server = RabbitMQ(folder / "rabbitmq") if name == "BROKER_URL" else Redis(folder / "redis")
    _run(server)
    return server.url


def _run(server: Server) -> None:
    server.start()
    atexit.register(server.stop)
