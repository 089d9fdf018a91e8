"""What the tests of Celery share: a backend on a broker of the test's choosing, and a look into its queues."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from mobilise import engines
from mobilise.task_backend.celery_app import physical_queues
from mobilise.task_backend.celery_tasks import CeleryTasks
from tests.engines import engine, or_skip
from tests.servers import RabbitMQ


class Broker:
    """RabbitMQ as a test sees it; ``tasks`` is the backend that publishes to it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.tasks = backend(url)

    def purge(self) -> None:
        """Throws away what waits in all queues, and makes those that are not there."""
        with self.tasks.app.connection() as connection:
            for queue in self.tasks.app.amqp.queues.values():
                queue.bind(connection.default_channel).declare()
                connection.default_channel.queue_purge(queue.name)

    def take(self, queue: str) -> dict[str, Any]:
        """Takes one message: {"path", "args", "kwargs", "headers"}."""
        with self.tasks.app.connection() as connection:
            message = connection.default_channel.basic_get(queue, no_ack=True)
            assert message is not None, f"no message in {queue}"
            (path, args, kwargs), _, _ = json.loads(message.body)
            return {"path": path, "args": args, "kwargs": kwargs, "headers": message.headers, "body": message.body}

    def waiting(self) -> dict[str, int]:
        """How many messages wait in each queue, without the zeros."""
        with self.tasks.app.connection() as connection:
            names = physical_queues(engines.QUEUES, engines.DOORBELLS)
            counts = {name: connection.default_channel.queue_declare(name, passive=True)[1] for name in names}
        return {name: count for name, count in counts.items() if count}


def backend(url: str) -> CeleryTasks:
    """One that publishes to the broker at ``url``."""
    return CeleryTasks("default", engines.tasks(url)["default"])


@pytest.fixture
def broker() -> Broker:
    """The run's own RabbitMQ, its queues empty."""
    assert engine() == "celery", "run these with TEST_ENGINE=celery"
    shared = Broker(settings.TASKS["default"]["OPTIONS"]["broker"])
    shared.purge()
    return shared


@pytest.fixture
def own_rabbitmq(tmp_path: Path) -> Iterator[RabbitMQ]:
    """One that a test may stop."""
    with or_skip(lambda: RabbitMQ(tmp_path)) as started:
        yield started
