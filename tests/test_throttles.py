"""Limits: by device and by address, exact over several processes, keeping nobody's address."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import RequestFactory
from django.utils.module_loading import import_string
from rest_framework.exceptions import Throttled

from mobilise.throttles import limits
from mobilise.throttles.addresses import client_address
from mobilise.throttles.limits import Limit, throttle
from mobilise.throttles.models import Count, DayKey, Window
from tests.api import ApiClient
from tests.counting import counted, hit
from tests.delivering import database_url
from tests.make import make_device, make_rally_call

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
ROOT = Path(__file__).resolve().parent.parent
NEW = {"language": "fr", "time_zone": "Europe/Paris"}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test reaches."""
    table = {scope: Limit(HOUR, device=2, address=3) for scope in limits.LIMITS}
    monkeypatch.setattr(limits, "LIMITS", table)


def hits(device: str, address: str, times: int) -> list[bool]:
    """Whether each of so many calls is let in."""

    def let_in() -> bool:
        try:
            throttle("take_part", device=device, address=address)
        except Throttled:
            return False
        return True

    return [let_in() for _ in range(times)]


def test_a_device_reaches_its_limit_before_its_address_does(small: None):
    assert hits("one", "192.0.2.1", 4) == [True, True, False, False]
    assert hits("two", "192.0.2.1", 2) == [True, False]
    assert hits("three", "192.0.2.2", 1) == [True]


def test_the_answer_says_when_again(small: None):
    client = ApiClient(make_device())
    for _ in range(2):
        assert client.call("PATCH", "device", {}).status_code == 200

    response = client.call("PATCH", "device", {})

    assert (response.status_code, response.json()["code"]) == (429, "throttled")
    assert 1 <= int(response["Retry-After"]) <= 3600


def test_reading_is_not_counted(small: None):
    client = ApiClient(make_device())

    assert {client.call("GET", "device").status_code for _ in range(5)} == {200}
    assert counted() == []


def test_joins_are_counted_over_all_actions(small: None):
    client, actions = ApiClient(make_device()), [make_rally_call() for _ in range(3)]

    answers = [client.call("PUT", f"actions/{one.uuid}/participation", {"stage": "joined"}) for one in actions]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    # One row for the device and one for the address, however many actions there are.
    assert len(counted()) == 2


def test_devices_are_made_within_the_limit_of_their_address(small: None):
    answers = [ApiClient().call("POST", "devices", NEW).status_code for _ in range(4)]

    assert answers == [201, 201, 201, 429]


def test_a_new_window_begins_anew():
    now = datetime(2022, 2, 20, 17, 59, 59, tzinfo=UTC)

    counts = import_string(django_settings.THROTTLE_COUNTS)

    assert [hit("one", now, counts=counts) for _ in range(2)] == [1, 2]
    assert Window.at(now, HOUR).seconds_left == 1.0
    assert hit("one", now + timedelta(seconds=1), counts=counts) == 1


def test_no_address_is_kept():
    throttle("make_device", device="", address="192.0.2.77")

    (name,) = counted()
    assert b"192.0.2.77" not in name
    assert b"192.0.2.77".hex().encode() not in name


def test_the_counts_of_a_day_name_nobody_once_its_key_is_gone():
    now = datetime(2022, 2, 20, 12, tzinfo=UTC)
    hit("one", now)
    key = DayKey.of(now.date())

    for table in (Count, DayKey):
        table.over(now + timedelta(days=4)).delete()

    assert (Count.objects.count(), DayKey.objects.count()) == (0, 0)
    assert DayKey.of(now.date()) != key


# ---- whose address

DIRECT: list[tuple[list[str], str, str | None, str]] = [
    ([], "192.0.2.1", None, "192.0.2.1"),
    ([], "192.0.2.1:5000", None, "192.0.2.1"),
    ([], "192.0.2.1", "198.51.100.7", "192.0.2.1"),
    (["10.0.0.1"], "192.0.2.1", "198.51.100.7", "192.0.2.1"),
    (["10.0.0.1"], "10.0.0.1", "198.51.100.7", "198.51.100.7"),
    (["10.0.0.1"], "10.0.0.1", "203.0.113.9, 198.51.100.7", "198.51.100.7"),
    (["10.0.0.0/8"], "10.0.0.1", "203.0.113.9, 198.51.100.7, 10.2.0.1", "198.51.100.7"),
    (["10.0.0.0/8"], "10.0.0.1", "10.0.0.9", "10.0.0.9"),
    (["10.0.0.1"], "10.0.0.1", None, "10.0.0.1"),
    (["10.0.0.1"], "10.0.0.1", "nonsense", "10.0.0.1"),
    (["10.0.0.1"], "10.0.0.1", "198.51.100.7:4711", "198.51.100.7"),
    (["::1"], "::1", "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
    (["127.0.0.1"], "::ffff:127.0.0.1", "198.51.100.7", "198.51.100.7"),
    ([], "2001:db8:1:2::9", None, "2001:db8:1:2::/64"),
    ([], "[2001:db8:1:2::9]:443", None, "2001:db8:1:2::/64"),
    ([], "", None, ""),
    ([], "unix:", None, ""),
]


@pytest.mark.parametrize(("proxies", "remote", "forwarded", "expected"), DIRECT)
def test_only_trusted_proxies_are_believed(
    settings: Any, proxies: list[str], remote: str, forwarded: str | None, expected: str
):
    settings.TRUSTED_PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=remote, headers={"X-Forwarded-For": forwarded} if forwarded else {})

    assert client_address(request) == expected


# ---- several processes

HITTER = """
import django, sys
django.setup()
from datetime import datetime
from django.conf import settings
from django.utils.module_loading import import_string
from tests.counting import hit
counts = import_string(settings.THROTTLE_COUNTS)
print(*(hit("one", datetime.fromisoformat(sys.argv[1]), counts=counts) for _ in range(50)))
"""


def hit_from_a_process(environment: dict[str, str]) -> list[int]:
    argv = [sys.executable, "-c", HITTER, "2022-02-20T12:00:00+00:00"]
    ran = subprocess.run(argv, cwd=ROOT, env=environment, check=True, capture_output=True, text=True)
    return [int(word) for word in ran.stdout.split()]


@pytest.mark.django_db(transaction=True)
def test_no_hit_is_lost_between_processes():
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "mobilise.settings", "DATABASE_URL": database_url()}

    with ThreadPoolExecutor(4) as pool:
        counts = [one for ran in pool.map(hit_from_a_process, [environment] * 4) for one in ran]

    assert sorted(counts) == list(range(1, 201))
