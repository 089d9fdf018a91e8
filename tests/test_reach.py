"""What a phone is told of the way to it: its subscription as the server has it, its test alert, its push service."""

import json
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Device, PushKeys, Subscription
from accounts.pusher import vapid_keys
from accounts.tasks import send_device_test, send_verification
from campaigns.models import PushHost
from tests.api import ApiClient, get_json
from tests.make import as_json_subscription, make_device, make_push_keys, make_subscription
from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService

pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/fcm/send/secret-token"


def subscribe(push: PushService, device: Device, **values: Any) -> Any:
    made = push.subscribe()
    make_subscription(device, PushKeys(made.endpoint, made.p256dh, made.auth), **values)
    return made


def reach(device: Device) -> Any:
    return get_json("device/reach", device)["subscription"]


def ask_for_a_test(device: Device) -> str:
    response = ApiClient(device).call("POST", "device/test-alert")
    assert response.status_code == 202
    return str(response.json()["id"])


def test_it_says_by_the_day_what_the_server_has_and_never_where_to():
    device = make_device()
    make_subscription(device, make_push_keys(ENDPOINT))

    today = timezone.now().date().isoformat()
    assert reach(device) == {
        "verified": True,
        "key_current": True,
        "made_on": today,
        "verified_on": today,
        "service_paused": False,
        "test": None,
        "test_answer": "waiting",
    }
    assert "secret-token" not in json.dumps(get_json("device/reach", device))


def test_it_says_that_there_is_none():
    assert reach(make_device()) is None


def test_who_is_no_device_is_told_nothing():
    assert ApiClient().call("GET", "device/reach").status_code == 401


def test_it_says_that_the_key_is_an_old_one():
    device = make_device()
    make_subscription(device)
    Subscription.objects.update(vapid_fingerprint="another")

    assert reach(device)["key_current"] is False


def test_it_says_that_the_push_service_of_this_phone_refuses_us():
    device, other = make_device(), make_device()
    make_subscription(device, make_push_keys(ENDPOINT))
    make_subscription(other, make_push_keys("https://updates.push.services.mozilla.com/wpush/v2/x"))

    PushHost.objects.pause("fcm.googleapis.com", timezone.now(), "refuses")

    assert (reach(device)["service_paused"], reach(other)["service_paused"]) == (True, False)


@pytest.mark.parametrize(
    ("status", "answer"), [(201, "accepted"), (503, "later"), (403, "refused"), (400, "refused"), (413, "refused")]
)
def test_it_says_what_became_of_the_test_alert(push: PushService, status: int, answer: str):
    device = make_device()
    made = subscribe(push, device)
    push.answer(made, Behaviour(status=status))
    test = ask_for_a_test(device)
    assert (reach(device)["test"], reach(device)["test_answer"]) == (test, "waiting")

    send_device_test.call(device.pk, 1, test=test)

    assert (reach(device)["test"], reach(device)["test_answer"]) == (test, answer)


def test_the_message_that_arrives_is_known_by_the_tests_own_id(push: PushService):
    device = make_device()
    subscribe(push, device)
    test = ask_for_a_test(device)

    send_device_test.call(device.pk, 1, test=test)

    notification = push.received()[0].json()["notification"]
    assert (notification["data"]["id"], notification["data"]["type"]) == (test, "test")
    assert notification["navigate"].endswith("/alerts/check")


def test_a_push_service_that_knows_nothing_of_it_leaves_none(push: PushService):
    device = make_device()
    made = subscribe(push, device)
    push.answer(made, Behaviour(status=410))

    send_device_test.call(device.pk, 1, test=ask_for_a_test(device))

    assert reach(device) is None


def test_an_earlier_tests_answer_is_not_taken_for_the_last_ones(push: PushService):
    device = make_device()
    subscribe(push, device)
    earlier, last = ask_for_a_test(device), ask_for_a_test(device)

    send_device_test.call(device.pk, 1, test=earlier)

    assert (reach(device)["test"], reach(device)["test_answer"]) == (last, "waiting")


def test_a_test_that_is_tried_again_stays_the_same_test(push: PushService):
    device = make_device()
    made = subscribe(push, device)
    push.answer(made, Behaviour(status=503))
    test = ask_for_a_test(device)

    send_device_test.call(device.pk, 1, test=test)

    again = DBTaskResult.objects.latest("enqueued_at")
    assert (again.args_kwargs["args"], again.args_kwargs["kwargs"]) == ([device.pk, 2], {"test": test})


@pytest.mark.parametrize("renewal", [True, False])
def test_what_the_app_renewed_by_itself_is_verified_without_a_sound(
    push: PushService, renewal: bool, django_capture_on_commit_callbacks: Any
):
    device = make_device(language="en")
    given = as_json_subscription(make_push_keys(ENDPOINT))
    given |= {"application_server_key": vapid_keys()[0].public_key, "renewal": renewal}
    with django_capture_on_commit_callbacks(execute=True):
        assert ApiClient(device).call("PUT", "device/subscription", given).status_code == 201
    task = DBTaskResult.objects.get()
    Subscription.objects.all().delete()
    subscribe(push, device, verified=False)

    send_verification.call(*task.args_kwargs["args"], **task.args_kwargs["kwargs"])

    notification = push.received()[0].json()["notification"]
    assert notification.get("silent", False) is renewal
    assert notification["title"] == ("Alerts are back" if renewal else "Alerts are on")
    assert notification["data"]["receipt"]
