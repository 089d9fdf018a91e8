"""Subscriptions: taken as the browser gives them, checked, kept encrypted, never given back."""

import time
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Device, PushKeys, Subscription
from accounts.pusher import vapid_keys
from mobilise.keys import generate_secrets
from mobilise.throttles.models import Count
from tests.api import ApiClient
from tests.make import as_json_subscription, make_device, make_push_keys, make_subscription
from tests.test_webpush_endpoints import ATTACKS

pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/fcm/send/secret-token"


def ours() -> str:
    return vapid_keys()[0].public_key


def given(keys: PushKeys, /, **changes: Any) -> dict[str, Any]:
    return {**as_json_subscription(keys), "application_server_key": ours(), **changes}


def put(device: Device, body: Any) -> Any:
    return ApiClient(device).call("PUT", "device/subscription", body)


def enqueued() -> list[tuple[str, list[Any]]]:
    rows = DBTaskResult.objects.order_by("enqueued_at")
    return [(row.task_path.rpartition(".")[2], row.args_kwargs["args"]) for row in rows]


def test_it_takes_the_browsers_subscription_and_pushes_a_verification(django_capture_on_commit_callbacks: Any):
    device, keys = make_device(), make_push_keys(ENDPOINT)

    with django_capture_on_commit_callbacks(execute=True):
        response = put(device, given(keys))

    row = Subscription.objects.get(device=device)
    assert (response.status_code, response.json()) == (201, {"verified": False, "key_current": True})
    assert (row.keys, row.host, row.vapid_fingerprint) == (keys, "fcm.googleapis.com", vapid_keys()[0].fingerprint)
    assert enqueued() == [("send_verification", [device.pk, 1])]


def test_the_same_again_changes_nothing(django_capture_on_commit_callbacks: Any):
    device, keys = make_device(), make_push_keys(ENDPOINT)
    row = make_subscription(device, keys)

    with django_capture_on_commit_callbacks(execute=True):
        response = put(device, given(keys))

    assert (response.status_code, response.json()["verified"]) == (200, True)
    assert bytes(Subscription.objects.get().blob) == bytes(row.blob)
    assert enqueued() == []


def test_the_same_again_is_asked_to_verify_again_but_not_at_once(
    django_capture_on_commit_callbacks: Any, settings: Any
):
    settings.THROTTLE_COUNTS = "mobilise.throttles.models.Count"
    device, keys = make_device(), make_push_keys(ENDPOINT)
    make_subscription(device, keys, verified=False)
    while timezone.now().second >= 58:  # both in one window of the limit
        time.sleep(0.1)

    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            put(device, given(keys))
    assert len(enqueued()) == 1

    Count.objects.all().delete()  # as when the window is over
    with django_capture_on_commit_callbacks(execute=True):
        response = put(device, given(keys))
    assert response.status_code == 200
    assert len(enqueued()) == 2


def test_a_new_one_replaces_the_old_and_is_verified_anew(django_capture_on_commit_callbacks: Any):
    device = make_device()
    make_subscription(device)
    keys = make_push_keys(ENDPOINT)

    with django_capture_on_commit_callbacks(execute=True):
        response = put(device, given(keys))

    assert (response.status_code, response.json()["verified"]) == (201, False)
    assert Subscription.objects.get().keys == keys
    assert len(enqueued()) == 1


def test_it_prolongs_the_cookie():
    device = make_device()

    response = put(device, given(make_push_keys(ENDPOINT)))

    assert response.cookies[settings.DEVICE_COOKIE_NAME].value == device.cookie


def test_an_endpoint_moves_to_the_device_that_has_its_keys():
    before, after, keys = make_device(), make_device(), make_push_keys(ENDPOINT)
    make_subscription(before, keys)

    response = put(after, given(keys))

    assert (response.status_code, response.json()["verified"]) == (201, False)
    assert Subscription.objects.get().device == after


def test_an_endpoint_with_other_keys_is_another_devices():
    before, after = make_device(), make_device()
    row = make_subscription(before, make_push_keys(ENDPOINT))

    response = put(after, given(make_push_keys(ENDPOINT)))

    assert (response.status_code, response.json()["code"]) == (409, "endpoint_taken")
    assert Subscription.objects.get() == row


def test_it_says_when_the_key_is_not_the_one_handed_out_now(settings: Any):
    device, keys = make_device(), make_push_keys(ENDPOINT)
    old = ours()
    settings.VAPID_PRIVATE_KEYS = f"{generate_secrets()['VAPID_PRIVATE_KEYS']},{settings.VAPID_PRIVATE_KEYS}"

    response = put(device, given(keys, application_server_key=old))

    assert (response.status_code, response.json()["key_current"]) == (201, False)


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


AUTH, POINT = b64(b"a" * 16), b64(make_push_keys(ENDPOINT).p256dh)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endpoint": "https://evil.example/x"}, "endpoint"),
        ({"endpoint": "http://fcm.googleapis.com/x"}, "endpoint"),
        ({"endpoint": "https://127.0.0.1/x"}, "endpoint"),
        ({"endpoint": "https://fcm.googleapis.com:8443/x"}, "endpoint"),
        ({"endpoint": "https://fcm.googleapis.com@evil.example/"}, "endpoint"),
        ({"endpoint": " " + ENDPOINT}, "endpoint"),
        ({"endpoint": ENDPOINT + "x" * 2048}, "endpoint"),
        ({"endpoint": None}, "endpoint"),
        ({"endpoint": 12}, "endpoint"),
        ({"keys": {"p256dh": POINT}}, "keys.auth"),
        ({"keys": {"p256dh": POINT, "auth": b64(b"a" * 15)}}, "keys.auth"),
        ({"keys": {"p256dh": POINT, "auth": "*" * 22}}, "keys.auth"),
        ({"keys": {"p256dh": b64(b"\x04" + b"a" * 64), "auth": AUTH}}, "keys.p256dh"),
        ({"keys": {"p256dh": b64(b"\x02" + b"a" * 64), "auth": AUTH}}, "keys.p256dh"),
        ({"keys": {"p256dh": b64(b"a" * 33), "auth": AUTH}}, "keys.p256dh"),
        ({"keys": {"p256dh": "é" * 87, "auth": AUTH}}, "keys.p256dh"),
        ({"keys": []}, "keys.non_field_errors"),
        ({"application_server_key": POINT}, "application_server_key"),
        ({"application_server_key": ""}, "application_server_key"),
        ({"expirationTime": "never"}, "expirationTime"),
    ],
)
def test_it_refuses_what_is_no_subscription_of_ours(changes: dict[str, Any], field: str):
    device = make_device()

    response = put(device, given(make_push_keys(ENDPOINT), **changes))

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert list(response.json()["fields"]) == [field]
    assert "secret-token" not in response.content.decode()
    assert not Subscription.objects.exists()


def test_padding_and_an_expiration_time_do_no_harm():
    device, keys = make_device(), make_push_keys(ENDPOINT)
    body = given(keys, expirationTime=1_800_000_000_000, application_server_key=ours() + "=")
    body["keys"]["auth"] += "=="

    assert put(device, body).status_code == 201


def test_the_endpoint_never_comes_back_and_is_nowhere_in_the_database():
    device = make_device()
    shown = [put(device, given(make_push_keys(ENDPOINT))), ApiClient(device).call("GET", "device")]

    with connection.cursor() as cursor:
        cursor.execute("SELECT blob, endpoint_digest, host FROM accounts_subscription")
        ((blob, digest, host),) = cursor.fetchall()

    assert "secret-token" not in "".join(response.content.decode() for response in shown)
    assert b"secret-token" not in bytes(blob) + bytes(digest) + host.encode()


def test_deleting_is_for_good_and_may_be_repeated():
    device = make_device()
    make_subscription(device)
    client = ApiClient(device)

    assert client.call("DELETE", "device/subscription").status_code == 204
    assert client.call("DELETE", "device/subscription").status_code == 204
    assert not Subscription.objects.exists()


def test_a_test_alert_needs_a_subscription(django_capture_on_commit_callbacks: Any):
    device = make_device()

    response = ApiClient(device).call("POST", "device/test-alert")
    assert (response.status_code, response.json()["code"]) == (409, "no_subscription")

    make_subscription(device)
    with django_capture_on_commit_callbacks(execute=True):
        assert ApiClient(device).call("POST", "device/test-alert").status_code == 202
    assert enqueued() == [("send_device_test", [device.pk, 1])]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "device/subscription"),
        ("DELETE", "device/subscription"),
        ("POST", "device/subscription/verification"),
        ("POST", "device/test-alert"),
    ],
)
def test_without_a_device_it_is_401(method: str, path: str):
    response = ApiClient().call(method, path, {})

    assert (response.status_code, response.json()["code"]) == (401, "no_device")


def test_no_attack_on_endpoints_gets_past_the_api():
    device, keys = make_device(), make_push_keys(ENDPOINT)
    # What JSON cannot say, no client can send.
    attacks = [endpoint for _, endpoint in ATTACKS if "\ud800" not in endpoint]
    client = ApiClient(device)
    let_in = {}
    for number, endpoint in enumerate(attacks):
        if number % 25 == 0:
            Count.objects.all().delete()
        answer = client.call("PUT", "device/subscription", given(keys, endpoint=endpoint))
        if (answer.status_code, list(answer.json().get("fields", {}))) != (400, ["endpoint"]):
            let_in[endpoint] = answer.status_code

    assert len(attacks) > 100
    assert let_in == {}
    assert not Subscription.objects.exists()
