"""Verification and test pushes to one device, over a real push service."""

import json
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Device, PushKeys, Subscription
from accounts.tasks import MOST_ATTEMPTS, send_device_test, send_verification, settle
from campaigns.models import Participation, Tally
from mobilise.webpush.answers import Answer
from tests.api import ApiClient
from tests.make import make_device, make_push_keys, make_rally_call, make_subscription
from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService

pytestmark = pytest.mark.django_db


def subscribe(push: PushService, device: Device, **values: Any) -> Any:
    made = push.subscribe()
    make_subscription(device, PushKeys(made.endpoint, made.p256dh, made.auth), **values)
    return made


def verify(device: Device, nonce: str) -> Any:
    return ApiClient(device).call("POST", "device/subscription/verification", {"nonce": nonce})


@pytest.mark.parametrize(("language", "title"), [("fr", "Alertes activées"), ("en", "Alerts are on")])
def test_the_verification_is_visible_and_brings_the_nonce(push: PushService, language: str, title: str):
    device = make_device(language=language)
    subscribe(push, device, verified=False)

    assert send_verification.call(device.pk, 1) == "accepted"

    (received,) = push.received()
    body = received.json()
    assert (body["web_push"], body["mutable"]) == (8030, True)
    assert (body["web_push"], body["mutable"]) == (8030, True)
    notification = body["notification"]
    assert notification["mutable"] is True  # where Safari looked for it in 2025
    assert (notification["title"], notification["lang"]) == (title, language)
    assert notification["navigate"].startswith("http")
    assert notification["data"]["type"] == "verification"
    assert (received.headers["urgency"], received.headers["topic"]) == ("high", "verification")
    assert verify(device, notification["data"]["receipt"]).json() == {"verified": True}
    assert Subscription.objects.get().verified_on == timezone.now().date()


def test_once_verified_what_the_device_takes_part_in_counts(push: PushService):
    device, rally = make_device(), make_rally_call()
    subscribe(push, device, verified=False)
    client = ApiClient(device)
    part = client.call("PUT", f"actions/{rally.uuid}/participation", {"stage": "done"}).json()
    assert (part["counted"], Tally.objects.sums(rally)["done"]) == (False, {"total": 1, "counted": 0})
    send_verification.call(device.pk, 1)

    verify(device, push.received()[0].json()["notification"]["data"]["receipt"])

    assert client.call("GET", f"actions/{rally.uuid}/participation").json()["counted"] is True
    assert Tally.objects.sums(rally) == {"joined": {"total": 1, "counted": 1}, "done": {"total": 1, "counted": 1}}


def test_a_wrong_nonce_verifies_nothing_and_a_right_one_may_be_repeated(push: PushService):
    device = make_device()
    subscribe(push, device, verified=False)
    send_verification.call(device.pk, 1)
    nonce = push.received()[0].json()["notification"]["data"]["receipt"]

    refused = verify(device, "x" + nonce[1:] if nonce[0] != "x" else "y" + nonce[1:])
    assert (refused.status_code, list(refused.json()["fields"])) == (400, ["nonce"])
    assert not Participation.objects.exists()
    assert [verify(device, nonce).status_code for _ in range(2)] == [200, 200]


def test_another_devices_nonce_verifies_nothing(push: PushService):
    one, other = make_device(), make_device()
    subscribe(push, one, verified=False)
    subscribe(push, other, verified=False)
    send_verification.call(one.pk, 1)

    assert verify(other, push.received()[0].json()["notification"]["data"]["receipt"]).status_code == 400


def test_a_nonce_without_a_subscription_is_409():
    response = verify(make_device(), "nonce")

    assert (response.status_code, response.json()["code"]) == (409, "no_subscription")


def test_the_test_alert_is_visible_and_reports_nothing(push: PushService):
    device = make_device(language="en")
    subscribe(push, device)

    assert send_device_test.call(device.pk, 1) == "accepted"

    notification = push.received()[0].json()["notification"]
    assert (notification["title"], notification["data"]["type"]) == ("Test alert", "test")
    assert "receipt" not in notification["data"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_is_gone_is_deleted(push: PushService, status: int):
    device, other = make_device(), make_device()
    gone = subscribe(push, device, verified=False)
    subscribe(push, other)
    push.answer(gone, Behaviour(status=status))

    assert send_verification.call(device.pk, 1) == "gone"

    assert Subscription.objects.get().device == other


def test_a_subscription_made_meanwhile_is_not_deleted_for_the_old_ones_sake():
    device = make_device()
    asked = make_subscription(device)
    make_subscription(device, make_push_keys("https://fcm.googleapis.com/fcm/send/new"))

    settle(asked, Answer(status=410, retry_after=None, error="", elapsed=0.1), 1, send_device_test)

    assert Subscription.objects.get().keys.endpoint.endswith("new")


def test_trouble_that_passes_is_tried_again_later_but_not_for_ever(push: PushService):
    device = make_device()
    busy = subscribe(push, device)
    push.answer(busy, Behaviour(status=503, retry_after=40))
    before = timezone.now()

    assert send_device_test.call(device.pk, 1) == "retry"
    assert send_device_test.call(device.pk, MOST_ATTEMPTS) == "retry"

    again = DBTaskResult.objects.get()
    assert again.args_kwargs["args"] == [device.pk, 2]
    assert 39 <= (again.run_after - before).total_seconds() <= 45


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_a_refusal_is_not_tried_again_and_deletes_nothing(push: PushService, status: int):
    device = make_device()
    refusing = subscribe(push, device)
    push.answer(refusing, Behaviour(status=status))

    assert send_device_test.call(device.pk, 1) in ("refused", "too_large")

    assert (DBTaskResult.objects.count(), Subscription.objects.count()) == (0, 1)


def test_what_goes_wrong_inside_is_neither_stored_nor_logged(push: PushService, caplog: pytest.LogCaptureFixture):
    device = make_device()
    made = subscribe(push, device)
    Subscription.objects.update(blob=b"not a sealed blob")

    assert send_device_test.call(device.pk, 1) == "failed"

    assert "UndecryptableValue" in caplog.text
    assert made.endpoint not in caplog.text


def test_a_device_without_a_subscription_needs_nothing():
    device = make_device()

    assert [task.call(device.pk, 1) for task in (send_verification, send_device_test)] == ["nothing to do"] * 2


def test_no_push_is_sent_to_verify_what_is_verified(push: PushService):
    device = make_device()
    subscribe(push, device)

    assert send_verification.call(device.pk, 1) == "nothing to do"
    assert push.received() == []


def test_a_queued_task_names_nobodys_endpoint(push: PushService, django_capture_on_commit_callbacks: Any):
    device = make_device()
    made = subscribe(push, device)

    with django_capture_on_commit_callbacks(execute=True):
        ApiClient(device).call("POST", "device/test-alert")

    row = DBTaskResult.objects.values().get()
    assert row["queue_name"] == "interactive"
    assert made.endpoint not in json.dumps(row, default=str)
