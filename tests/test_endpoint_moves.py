"""One real subscription that goes from device to device moves no public count by more than a few; a phone that lost
something subscribes again all the same."""

import math
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Device, PushKeys, Subscription
from accounts.pusher import vapid_keys
from accounts.tasks import send_verification
from campaigns.models import Tally
from mobilise.keys import generate_secrets
from mobilise.throttles.limits import LIMITS
from tests.api import ApiClient
from tests.counting import counted
from tests.make import as_json_subscription, make_device, make_hashtag_push, make_push_keys
from tests.push_service.client import PushService

pytestmark = pytest.mark.django_db
ENDPOINT = "https://fcm.googleapis.com/fcm/send/secret-token"
NOON = datetime(2031, 2, 20, 12, 0, tzinfo=timezone.get_default_timezone())
MOST = LIMITS["take_endpoint"].device or 0
CODE = "endpoint_moved_often"
GOOGLE, MOZILLA = "https://fcm.googleapis.com/fcm/send/", "https://updates.push.services.mozilla.com/wpush/v2/"
APPLE, WINDOWS = "https://web.push.apple.com/", "https://wns2-par02p.notify.windows.com/w/"
# By service: an address, the same written in other ways, and others.
WRITTEN = {
    "google": (
        f"{GOOGLE}dQw4:APA91bX-_Y",
        [
            *(f"{GOOGLE}dQw4:APA91bX-_Y{end}" for end in ("?", "?x=1", "/", "//", ";x=1", "/.", "/x/..")),
            f"{GOOGLE}d%51w4%3aAPA91bX%2d_Y",
            "https://fcm.googleapis.com:443/fcm/send/dQw4:APA91bX-_Y",
            "https://fcm.googleapis.com/wp/dQw4:APA91bX-_Y",
            "https://jmt17.google.com/fcm/send/dQw4:APA91bX-_Y",
        ],
        [f"{GOOGLE}dQw4:APA91bX-_Z", f"{GOOGLE}dqw4:APA91bX-_Y"],
    ),
    "mozilla": (
        f"{MOZILLA}gAAAAABx_-A=",
        [f"{MOZILLA}gAAAAABx_-A{end}" for end in ("", "%3D", "=?token=x", "=?y")] + [f"{MOZILLA}%67AAAAABx_-A="],
        [f"{MOZILLA}gAAAAABx_-B", f"{MOZILLA}gAAAAABx_-B2"],
    ),
    "apple": (
        f"{APPLE}QGuQyavXutnMH",
        [f"{APPLE}QGuQyavXutnMH{end}" for end in ("?", "?a", "?b", "/")] + [f"{APPLE}%51GuQyavXutnMH"],
        [f"{APPLE}QGuQyavXutnMI", f"{APPLE}QGuQyavXutnMh"],
    ),
    "windows": (
        f"{WINDOWS}?token=BQYAAAB%2bX%2f%3d",
        [
            f"{WINDOWS}?token=BQYAAAB%2BX%2F%3D",
            f"{WINDOWS}?token=BQYAAAB%2bX%2f%3d&x=1",
            f"{WINDOWS}?x=1&Token=BQYAAAB%2bX%2f",
            f"{WINDOWS}?token=BQY%20AAAB%2bX+%2f",
            "https://db5p.notify.windows.com/?token=BQYAAAB%2bX%2f",
        ],
        [f"{WINDOWS}?token=BQYAAAB%2bX%2bA", f"{WINDOWS}?token=BQYAAAC%2bX%2f"],
    ),
}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The hour that it is for everybody: no day ends in the middle of a test."""
    hands = [NOON]
    monkeypatch.setattr(timezone, "now", lambda: hands[0])
    return hands


def put(device: Device, keys: PushKeys) -> Any:
    body = {**as_json_subscription(keys), "application_server_key": vapid_keys()[0].public_key}
    return ApiClient(device).call("PUT", "device/subscription", body)


def devices_that_get_it(keys: PushKeys, number: int) -> list[int]:
    return [put(make_device(), keys).status_code for _ in range(number)]


def prove(device: Device, push: PushService) -> int:
    """The status of sending back the nonce that came by push."""
    assert send_verification.call(device.pk, 1) == "accepted"
    nonce = push.received()[-1].json()["notification"]["data"]["receipt"]
    return ApiClient(device).call("POST", "device/subscription/verification", {"nonce": nonce}).status_code


def test_one_endpoint_through_many_devices_moves_the_public_count_by_at_most_the_limit(push: PushService):
    made, action = push.subscribe(), make_hashtag_push()
    keys = PushKeys(made.endpoint, made.p256dh, made.auth)
    devices = [make_device() for _ in range(3 * MOST)]
    for device in devices:
        if put(device, keys).status_code == 201:
            assert prove(device, push) == 200
        ApiClient(device).call("PUT", f"actions/{action.uuid}/participation", {"stage": "joined"})

    assert MOST >= 3
    assert Tally.objects.sums(action)["joined"] == {"total": 3 * MOST, "counted": MOST}
    # It rings where it rang last: who is turned away takes nothing from anybody.
    assert Subscription.objects.get().device == devices[MOST - 1]


def test_taking_it_back_or_erasing_between_two_devices_changes_nothing():
    keys, taken = make_push_keys(ENDPOINT), []
    for number in range(2 * MOST):
        device = make_device()
        taken.append(put(device, keys).status_code)
        ApiClient(device).call("DELETE", "device" if number % 2 else "device/subscription")

    assert taken == [201] * MOST + [429] * MOST


def test_who_is_turned_away_is_told_until_when_and_the_next_day_it_works(clock: list[datetime]):
    keys, device = make_push_keys(ENDPOINT), make_device()
    devices_that_get_it(keys, MOST)

    refused = put(device, keys)

    assert (refused.status_code, refused.json()["code"]) == (429, CODE)
    assert "tomorrow" in refused.json()["detail"]
    wait = int(refused["Retry-After"])
    assert 0 < wait <= math.ceil(timedelta(days=1).total_seconds())
    clock[0] += timedelta(seconds=wait)
    assert put(device, keys).status_code == 201


def test_who_has_not_the_keys_uses_up_nothing_of_it():
    keys = make_push_keys(ENDPOINT)
    put(make_device(), keys)

    assert devices_that_get_it(make_push_keys(ENDPOINT), 2 * MOST) == [409] * 2 * MOST
    assert put(make_device(), keys).status_code == 201


@pytest.mark.parametrize(("one", "same", "another"), WRITTEN.values(), ids=WRITTEN)
def test_an_endpoint_written_in_another_way_is_the_same(one: str, same: list[str], another: list[str]):
    answers = [put(make_device(), make_push_keys(endpoint)).status_code for endpoint in [one, *same]]
    others = [put(make_device(), make_push_keys(endpoint)).status_code for endpoint in another]

    assert len(same) >= MOST
    assert answers == [201] * MOST + [429] * (1 + len(same) - MOST)
    assert others == [201] * len(another)


@pytest.mark.parametrize("same", [address for _, same, _ in WRITTEN.values() for address in same])
def test_what_is_sent_to_is_the_address_as_the_browser_gave_it(same: str):
    device = make_device()
    put(device, make_push_keys(same))

    assert Subscription.objects.get(device=device).keys.endpoint == same


@pytest.mark.parametrize(
    "address", [f"{ENDPOINT}#x", ENDPOINT.replace("fcm.", "FCM."), ENDPOINT.replace("https", "HTTPS")]
)
def test_a_fragment_or_capitals_are_refused(address: str):
    assert put(make_device(), make_push_keys(address)).status_code == 400


def test_of_two_tokens_in_one_address_neither_opens_a_limit_of_its_own():
    address = "https://db5p.notify.windows.com/w/?token="
    answers = [put(make_device(), make_push_keys(f"{address}{n}&token=BQYAAAB")).status_code for n in range(MOST + 2)]

    assert answers == [201] * MOST + [429] * 2


def test_the_count_names_no_endpoint():
    keys = make_push_keys(ENDPOINT)
    put(make_device(), keys)
    digest = bytes(Subscription.objects.get().endpoint_digest)

    names = counted()

    assert len(names) >= 2
    assert [name for name in names if digest in name or digest.hex().encode() in name] == []


# ---- what an ordinary phone does


def test_the_same_phone_sends_the_same_again_as_often_as_it_likes():
    device, keys = make_device(), make_push_keys(ENDPOINT)

    assert [put(device, keys).status_code for _ in range(3 * MOST)] == [201] + [200] * (3 * MOST - 1)


def test_a_phone_with_a_new_index_key_is_the_same_phone(settings: Any):
    device, keys = make_device(), make_push_keys(ENDPOINT)
    put(device, keys)
    settings.INDEX_KEY = f"{generate_secrets()['INDEX_KEY']},{settings.INDEX_KEY}"
    before = len(counted())

    assert put(device, keys).status_code == 200
    # One of the call itself, none of an endpoint that comes to a device.
    assert len(counted()) <= before + 1


def test_a_phone_whose_browser_renews_its_subscription_gets_through():
    """What the browser lost, and what a new key of ours asks for, has an endpoint of its own each time."""
    device = make_device()

    answers = [put(device, make_push_keys(f"{ENDPOINT}-{number}")).status_code for number in range(3 * MOST)]

    assert answers == [201] * 3 * MOST


def test_a_phone_that_lost_its_cookie_gets_its_alerts_back():
    keys = make_push_keys(ENDPOINT)
    put(make_device(), keys)

    assert put(make_device(), keys).status_code == 201


def test_a_phone_whose_subscription_the_server_dropped_gives_it_again():
    device, keys = make_device(), make_push_keys(ENDPOINT)
    put(device, keys)
    Subscription.objects.all().delete()

    assert put(device, keys).status_code == 201


def test_what_moves_to_an_iphone_s_icon_is_no_endpoint():
    page, icon = make_device(), make_device()
    put(page, make_push_keys(ENDPOINT))
    keys = make_push_keys(f"{ENDPOINT}-icon")
    put(icon, keys)
    code = ApiClient(page).call("POST", "device/transfer").json()["code"]

    taken = ApiClient(icon).call("POST", "device/transfer/takeover", {"code": code})

    assert taken.status_code == 200
    united = Subscription.objects.get().device
    united.cookie = icon.cookie  # type: ignore[attr-defined]
    assert put(united, keys).status_code == 200
