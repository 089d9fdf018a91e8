"""What delivery tests share: real subscriptions at the local push service, and workers as real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from accounts.models import Device, PushKeys
from campaigns.delivery import worker
from campaigns.delivery.hosts import HostWatch
from campaigns.delivery.scheduler import Scheduler
from campaigns.models import Alert, Batch, Campaign
from tests.make import make_device, make_follow, make_member, make_subscription
from tests.patience import PATIENCE
from tests.push_service.client import PushService
from tests.push_service.subscriptions import Subscription

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Follower:
    """A device that follows a campaign, and its subscription as the push service knows it."""

    device: Device
    push: Subscription


@dataclass
class Delivery:
    """Drives delivery in this process: a scheduler's tick, then the workers that it rang."""

    push: PushService
    rung: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """A scheduler whose bells are noted."""
        self.scheduler = Scheduler(
            lambda alert: self.rung.append(("delivery", alert)), lambda alert: self.rung.append(("retries", alert))
        )

    def follow(self, campaign: Campaign, *, host: str | None = None, verified: bool = True, **device: Any) -> Follower:
        """One more follower with a subscription at the push service."""
        made = make_device(**device)
        push = self.push.subscribe(host)
        make_subscription(made, PushKeys(push.endpoint, push.p256dh, push.auth), verified=verified)
        make_follow(campaign, made)
        return Follower(made, push)

    def follow_many(self, campaign: Campaign, number: int, **values: Any) -> list[Follower]:
        """So many followers."""
        return [self.follow(campaign, **values) for _ in range(number)]

    def schedule(self, alert: Alert) -> Alert:
        """Schedules it as an owner of its campaign."""
        alert.schedule(make_member(alert.action.campaign), timezone.now(), needs_approval=False)
        return alert

    def tick(self) -> None:
        """One tick of the scheduler, and all that it rings for."""
        self.rung.clear()
        self.scheduler.tick(timezone.now())
        for bell, alert in self.rung:
            (worker.send_batches if bell == "delivery" else worker.send_pending)(alert)

    def send(self, alert: Alert) -> Alert:
        """Schedules and sends it: one tick to begin, one to finish."""
        self.schedule(alert)
        self.tick()
        self.tick()
        alert.refresh_from_db()
        return alert


def counts_of(alert: Alert) -> dict[str, int]:
    """The sum of an alert's batches, without the zeros."""
    names = ("accepted", "refused", "gone", "failed", "quiet", "skipped", "unreachable", "poisoned")
    rows = Batch.objects.filter(alert=alert).values_list(*names)
    sums = [sum(column) for column in zip(*rows, strict=True)] or [0] * len(names)
    return {name: total for name, total in zip(names, sums, strict=True) if total}


@pytest.fixture
def delivery(push_service: PushService, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """Delivery to the local push service, with no memory of its hosts."""
    settings.PUSH_EXTRA_HOSTS = push_service.extra_hosts
    settings.PUSH_CA_FILE = push_service.ca_file
    monkeypatch.setattr(worker, "_watch", HostWatch())
    return Delivery(push_service)


class Processes:
    """`manage.py` commands as processes of their own, on the database of the tests."""

    def __init__(self, push: PushService, log: Path) -> None:
        self._log = log.open("ab")
        self.log = log
        self._running: list[subprocess.Popen[bytes]] = []
        self.env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "mobilise.settings",
            "DATABASE_URL": database_url(),
            "PUSH_EXTRA_HOSTS": ",".join(push.extra_hosts),
            "PUSH_CA_FILE": push.ca_file,
        }

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Starts `manage.py command`."""
        argv = [sys.executable, "manage.py", *command]
        process = subprocess.Popen(argv, cwd=ROOT, env=self.env, stdout=self._log, stderr=self._log)
        self._running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9."""
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop_all(self) -> None:
        """Ends whatever still runs."""
        for process in self._running:
            if process.poll() is None:
                self.kill(process)
        self._log.close()


def database_url() -> str:
    """The database of the tests, as a process of its own finds it."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    values = connection.settings_dict
    who = f"{quote(values['USER'], safe='')}:{quote(values['PASSWORD'], safe='')}"
    return f"postgres://{who}@{values['HOST']}:{values['PORT'] or 5432}/{values['NAME']}"


@pytest.fixture
def processes(push_service: PushService, tmp_path: Path) -> Iterator[Processes]:
    """Starts `manage.py` commands; all are ended after the test."""
    assert os.environ["FIELD_KEYS"] == django_settings.FIELD_KEYS, "processes must read what this one writes"
    running = Processes(push_service, tmp_path / "processes.log")
    yield running
    running.stop_all()
    print(running.log.read_text())  # noqa: T201  # pytest shows it when the test failed


def wait_until(condition: Callable[[], Any], what: str, timeout: float = PATIENCE) -> None:
    """Waits until the condition holds; AssertionError that says what was waited for."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"not within {timeout} s: {what}"
        time.sleep(0.05)
