"""Canaries: a message on a schedule to the operator's own phones, and what is said when no receipt comes back."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import Device, PushKeys, Subscription
from campaigns import tasks
from campaigns.models import Canary, Heartbeat, Receipt
from campaigns.models.heartbeat import SCHEDULER
from campaigns.receipts import make_receipt
from campaigns.watching import canaries
from tests.admin_pages import Organiser
from tests.api import ApiClient
from tests.delivering import ROOT, Processes, wait_until
from tests.make import make_campaign, make_device, make_member, make_subscription
from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService

pytestmark = pytest.mark.django_db
PERIOD = timedelta(minutes=15)


class Phone:
    """The operator's phone: its device, and its subscription as the push service knows it."""

    def __init__(self, push: PushService, settings: Any, **values: Any) -> None:
        self.device = make_device(**values)
        self.push, self._service = push.subscribe(), push
        make_subscription(self.device, PushKeys(self.push.endpoint, self.push.p256dh, self.push.auth))
        settings.CANARY_DEVICES = [*settings.CANARY_DEVICES, self.device.uuid]
        canaries.name_canaries()

    @property
    def row(self) -> Canary:
        return Canary.objects.get(device=self.device)

    def messages(self) -> list[dict[str, Any]]:
        return [one.json()["notification"] for one in self._service.received(self.push)]

    def report(self, message: dict[str, Any], event: str = "shown") -> int:
        """What the worker does once it has shown the message."""
        data = message["data"]
        body = {"event": event, "nonce": data["receipt"]}
        answer = ApiClient(self.device).call("POST", f"alerts/{data['id']}/receipts", body)
        return int(answer.status_code)


@pytest.fixture
def make_phone(push_service: PushService, settings: Any) -> Callable[..., Phone]:
    settings.PUSH_EXTRA_HOSTS = push_service.extra_hosts
    settings.PUSH_CA_FILE = push_service.ca_file
    settings.CANARY_DEVICES = []
    Heartbeat.objects.beat(SCHEDULER, timezone.now())
    return lambda **values: Phone(push_service, settings, **values)


def ring(phone: Phone, now: datetime) -> list[str]:
    """What the scheduler and the worker do at ``now``."""
    return [canaries.send(pk, now) for pk in Canary.objects.ring(now, PERIOD)]


def readiness() -> tuple[int, str]:
    answer = Client().get("/readyz")
    return answer.status_code, next(line for line in answer.content.decode().splitlines() if "canary 1" in line)


def ages() -> dict[str, float]:
    response = Client(headers={"Host": "127.0.0.1"}).get("/metrics")
    assert response.status_code == 200
    text = response.content.decode()
    found = [one for one in text_string_to_metric_families(text) if one.name == "mobilise_canary_receipt_age_seconds"]
    return {sample.labels["canary"]: sample.value for family in found for sample in family.samples}


# ---- there and back


def test_it_is_sent_shown_and_reported(make_phone: Callable[..., Phone]):
    phone = make_phone(language="en")
    assert readiness() == (200, "canary 1: no receipt yet")

    assert ring(phone, timezone.now()) == ["accepted"]

    (message,) = phone.messages()
    assert (message["title"], message["silent"], message["tag"]) == ("Automatic check", True, "canary")
    assert message["data"]["type"] == "canary"
    assert phone.row.answer == "201"
    assert phone.report(message) == 204
    assert readiness()[0] == 200
    assert readiness()[1].startswith("canary 1: last receipt ")
    assert set(ages()) == {"1"}
    assert Receipt.objects.count() == 0


def test_the_push_service_may_drop_it_once_the_next_one_comes(
    push_service: PushService, make_phone: Callable[..., Phone]
):
    phone = make_phone()
    ring(phone, timezone.now())

    (received,) = push_service.received(phone.push)

    assert received.headers["ttl"] == str(15 * 60)
    assert (received.headers["topic"], received.headers["urgency"]) == ("canary", "high")


def test_it_comes_at_any_hour(make_phone: Callable[..., Phone]):
    phone = make_phone(quiet_start=time(0, 0), quiet_end=time(23, 59))

    assert ring(phone, timezone.now()) == ["accepted"]


def test_it_comes_once_a_period(make_phone: Callable[..., Phone]):
    phone, now = make_phone(), timezone.now()

    rung = [ring(phone, now + PERIOD * periods) for periods in (0, 0.5, 1, 1.9, 2)]

    assert rung == [["accepted"], [], ["accepted"], [], ["accepted"]]
    ids = {message["data"]["id"] for message in phone.messages()}
    assert len(ids) == 3


def test_a_doorbell_that_is_heard_late_or_twice_sends_nothing_more(make_phone: Callable[..., Phone]):
    make_phone()
    now = timezone.now()
    (pk,) = Canary.objects.ring(now, PERIOD)

    assert [canaries.send(pk, now), canaries.send(pk, now + PERIOD / 2)] == ["accepted", "nothing to do"]


def test_a_clock_that_is_set_back_silences_nothing(make_phone: Callable[..., Phone]):
    phone, now = make_phone(), timezone.now()
    ring(phone, now + timedelta(hours=1))

    assert ring(phone, now) == ["accepted"]


def test_several_phones_have_each_their_own_line(make_phone: Callable[..., Phone]):
    one, other = make_phone(), make_phone()
    assert ring(one, timezone.now()) == ["accepted"] * 2

    other.report(other.messages()[0])

    lines = Client().get("/readyz").content.decode().splitlines()
    assert "canary 1: no receipt yet" in lines
    assert set(ages()) == {"2"}


# ---- what goes wrong


def test_it_is_not_ready_when_no_receipt_came_for_three_periods(make_phone: Callable[..., Phone]):
    phone = make_phone()
    now = timezone.now()
    for periods in (4, 3, 2, 1):
        ring(phone, now - PERIOD * periods)
    phone.report(phone.messages()[-1])
    Canary.objects.update(received_at=now - 2.9 * PERIOD)
    assert readiness()[0] == 200

    Canary.objects.update(received_at=now - 3.1 * PERIOD)

    status, words = readiness()
    said = re.fullmatch(r"canary 1: last receipt (\d+) s ago; the push service's answer: 201 \(!\)", words)
    assert status == 503
    assert said
    # A busy machine looks at it some seconds later.
    assert 3.1 * 15 * 60 <= int(said[1]) <= 3.2 * 15 * 60


def test_it_is_not_ready_when_no_receipt_ever_came_for_three_periods(make_phone: Callable[..., Phone]):
    phone = make_phone()
    for periods in (3.1, 2.1, 1.1, 0.1):
        ring(phone, timezone.now() - PERIOD * periods)

    assert readiness() == (503, "canary 1: no receipt yet; the push service's answer: 201 (!)")


def test_after_a_night_switched_off_the_canary_gets_its_time(make_phone: Callable[..., Phone]):
    phone, now = make_phone(), timezone.now()
    ring(phone, now - timedelta(hours=9))
    phone.report(phone.messages()[0])
    Canary.objects.update(received_at=now - timedelta(hours=9))
    assert readiness()[0] == 503

    ring(phone, now)

    assert readiness()[0] == 200


def test_a_notification_that_could_not_be_shown_is_no_receipt(make_phone: Callable[..., Phone]):
    phone = make_phone()
    ring(phone, timezone.now())

    assert phone.report(phone.messages()[0], "not_shown") == 204
    assert phone.row.received_at is None


def test_a_receipt_counts_once_and_only_for_the_last_message(make_phone: Callable[..., Phone]):
    phone, now = make_phone(), timezone.now()
    ring(phone, now - PERIOD)
    ring(phone, now)
    old, new = phone.messages()

    assert (phone.report(old), phone.report(new)) == (404, 204)
    first = phone.row.received_at
    assert phone.report(new) == 204
    assert phone.row.received_at == first


def test_a_nonce_of_another_message_is_refused(make_phone: Callable[..., Phone]):
    phone = make_phone()
    ring(phone, timezone.now())
    (message,) = phone.messages()
    message["data"]["receipt"] = make_receipt(uuid4())

    assert phone.report(message) == 400
    assert phone.row.received_at is None


def test_a_subscription_that_is_gone_is_deleted_and_nothing_is_sent_then(
    push_service: PushService, make_phone: Callable[..., Phone]
):
    phone, now = make_phone(), timezone.now()
    push_service.answer(phone.push, Behaviour(status=410))

    assert [ring(phone, now - PERIOD), ring(phone, now)] == [["gone"], ["off"]]
    assert Subscription.objects.count() == 0
    Canary.objects.update(awaited_since=now - 4 * PERIOD)
    assert readiness() == (503, "canary 1: no receipt yet; alerts are off there (!)")


# ---- naming them


def test_a_device_that_is_not_there_is_said(settings: Any, caplog: pytest.LogCaptureFixture):
    unknown = uuid4()
    settings.CANARY_DEVICES = [unknown]
    Heartbeat.objects.beat(SCHEDULER, timezone.now())

    canaries.name_canaries()

    assert "1 of CANARY_DEVICES" in caplog.text
    assert str(unknown) not in caplog.text
    assert readiness() == (503, "canary 1: there is no such device (!)")


def test_a_device_that_is_named_no_more_is_none(make_phone: Callable[..., Phone], settings: Any):
    make_phone()
    settings.CANARY_DEVICES = []

    canaries.name_canaries()

    assert Canary.objects.count() == 0


def test_an_erased_device_takes_its_row_along(make_phone: Callable[..., Phone]):
    phone = make_phone()
    ring(phone, timezone.now())

    Device.objects.all().delete()

    assert Canary.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "value"), [("CANARY_DEVICES", "no-uuid"), ("CANARY_MINUTES", "0"), ("CANARY_MINUTES", "often")]
)
def test_what_cannot_be_read_is_refused_at_the_start(name: str, value: str):
    environment = os.environ | {name: value, "DJANGO_SETTINGS_MODULE": "mobilise.settings"}
    command = [sys.executable, "manage.py", "check"]
    run = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode != 0
    assert name in run.stderr


def test_organisers_find_the_identifier_of_their_own_phone():
    user = make_member(make_campaign())
    device, other = make_device(), make_device()
    user.tied_devices.create(device=device, tied_on=timezone.now().date())
    page = Organiser(user).get("/accounts/phones/").content.decode()

    assert f"<code>{device.uuid}</code>" in page
    assert str(other.uuid) not in page


# ---- the real scheduler and the real worker


@pytest.mark.django_db(transaction=True)
def test_processes_send_it(processes: Processes, make_phone: Callable[..., Phone], settings: Any):
    phone = make_phone()
    named: list[UUID] = settings.CANARY_DEVICES
    processes.env |= {"CANARY_DEVICES": ",".join(map(str, named))}

    processes.start("scheduler")
    processes.start("worker", "--queue", "interactive")

    wait_until(phone.messages, "the message")
    assert phone.report(phone.messages()[0]) == 204
    assert readiness()[1].startswith("canary 1: last receipt ")
    assert tasks.send_canary.queue_name == "interactive"
