"""What `manage.py worker` and the scheduler ask of whatever carries tasks."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from django.core.exceptions import ImproperlyConfigured
from django_tasks import task_backends


@runtime_checkable
class Carrier(Protocol):
    """A backend of the Django Tasks API that brings its own worker."""

    def work(self, queues: Sequence[str], concurrency: int) -> None:
        """Runs the tasks of these queues, so many at once, until SIGTERM or SIGINT."""

    def carry_waiting(self) -> None:
        """Hands over to the workers what had to wait: its moment had not come, or the broker was away."""


def carrier() -> Carrier:
    """The one that TASKS names. Raises ImproperlyConfigured when it brings no worker."""
    backend = task_backends["default"]
    if not isinstance(backend, Carrier):
        raise ImproperlyConfigured(f"{type(backend).__name__} brings no worker of its own.")
    return backend
