"""Calling officials through the API, at an hour in which one may."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.api import ApiClient
from tests.make import make_device, make_subscription

PARIS = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=PARIS).astimezone(UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Clock:
    """What the site takes for now."""

    def __init__(self) -> None:
        self.now = MONDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Monday, ten o'clock in Paris; offices are open. A module may have another of this name."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


def make_caller() -> Any:
    """A device that a push was proved to reach."""
    device = make_device()
    make_subscription(device)
    return device


def call(device: Any, method: str, outreach: Any, rest: str = "", body: Any = None) -> Any:
    return ApiClient(device).call(method, f"actions/{outreach.uuid}/claim{rest}", body)


def take(device: Any, outreach: Any) -> Any:
    response = call(device, "POST", outreach)
    assert response.status_code in (200, 201), response.content
    return response.json()


def report(device: Any, outreach: Any, claim: Any, result: str, day: str | None = None) -> Any:
    return call(device, "PUT", outreach, f"/{claim['id']}/outcome", {"result": result, "call_again_on": day})


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]
