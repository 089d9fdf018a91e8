"""The fixture `push_service`: one process for the whole run of tests, forgotten from test to test."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.push_service.client import PushService


@pytest.fixture(scope="session")
def push_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushService]:
    """The process; use `push_service` instead."""
    with PushService(tmp_path_factory.mktemp("push-service")) as service:
        yield service


@pytest.fixture
def push_service(push_server: PushService) -> PushService:
    """A push service that has seen nothing yet and answers everything with 201."""
    push_server.reset()
    return push_server


@pytest.fixture
def push(push_service: PushService, settings: Any) -> PushService:
    """The same, known to this very process."""
    settings.PUSH_EXTRA_HOSTS = push_service.extra_hosts
    settings.PUSH_CA_FILE = push_service.ca_file
    return push_service


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A loopback port where nobody listens, and nobody can during the test."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
