"""The Celery application: quorum queues, late acknowledgement, no results, nothing that Celery talks about itself."""

from collections.abc import Sequence
from typing import Any

from celery import Celery
from kombu.entity import Exchange, Queue

URGENT = ".urgent"
# A doorbell that nobody heard by then has been rung again many times.
DOORBELL_MILLISECONDS = 60_000
# A message that so many workers died of is thrown away.
MOST_DELIVERIES = 20
CONNECT_SECONDS = 3
HEARTBEAT_SECONDS = 15
# The arguments of a queue are part of its identity: RabbitMQ refuses one that is declared with others.
ARGUMENTS = {"x-queue-type": "quorum", "x-delivery-limit": MOST_DELIVERIES}

CONFIGURATION: dict[str, Any] = {
    "task_create_missing_queues": False,
    "task_serializer": "json",
    "accept_content": ["json"],
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "worker_pool": "threads",
    "worker_consumer": "mobilise.task_backend.celery_worker:Consumer",
    "worker_enable_remote_control": False,
    "worker_enable_prefetch_count_reduction": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_redirect_stdouts": False,
    "worker_hijack_root_logger": False,
    "broker_connection_timeout": CONNECT_SECONDS,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    # RabbitMQ closes the channel of a message that is not acknowledged within half an hour: go on, on another.
    "broker_channel_error_retry": True,
    "broker_heartbeat": HEARTBEAT_SECONDS,
    "broker_transport_options": {"confirm_publish": True},
}


def make_app(broker: str, queues: Sequence[str], doorbells: Sequence[str]) -> Celery:
    """An application of its own for these queues: Django's settings and Celery's own variables are not read."""
    app = Celery(
        "mobilise",
        broker=broker,
        set_as_current=False,
        # Its Django fix-up would close every connection after every task.
        fixups=(),
    )
    app.conf.update(CONFIGURATION)
    app.conf.task_queues = [_queue(name, {}) for name in queues if name not in doorbells]
    for name in physical_queues(doorbells, doorbells):
        app.conf.task_queues.append(_queue(name, {"x-message-ttl": DOORBELL_MILLISECONDS}))
    app.conf.task_default_queue = queues[0]
    return app


def physical_queues(queues: Sequence[str], doorbells: Sequence[str]) -> list[str]:
    """RabbitMQ's queues for these of ours. Quorum queues know no priorities: what is urgent has a queue beside."""
    return [name for queue in queues for name in ([queue + URGENT, queue] if queue in doorbells else [queue])]


def _queue(name: str, arguments: dict[str, Any]) -> Queue:
    exchange = Exchange("mobilise", type="direct")  # type: ignore[no-untyped-call]  # kombu is half typed
    return Queue(  # type: ignore[no-untyped-call]
        name, exchange, routing_key=name, queue_arguments={**ARGUMENTS, **arguments}
    )
