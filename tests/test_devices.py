"""Devices: made by one call only, known by their cookie, changed, erased."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.authentication import COOKIE_SECONDS
from accounts.models import Device, Subscription
from campaigns.models import Follow, Participation, Tally
from tests.api import ApiClient
from tests.make import make_campaign, make_device, make_follow, make_rally_call, make_subscription

pytestmark = pytest.mark.django_db
NEW = {"language": "fr", "time_zone": "Europe/Paris"}
READING = ["config", "campaigns", "feed", "device", "participations", "schema"]


def test_it_makes_a_device_and_its_cookie():
    response = ApiClient().call("POST", "devices", NEW)

    device = Device.objects.get()
    cookie = response.cookies[settings.DEVICE_COOKIE_NAME]
    assert response.status_code == 201
    assert Device.objects.from_cookie(cookie.value) == device
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
    assert (cookie["max-age"], cookie["domain"]) == (COOKIE_SECONDS, "")
    assert response.json() == {
        "id": str(device.uuid),
        "language": "fr",
        "time_zone": "Europe/Paris",
        "quiet_hours": None,
        "lock_screen": "auto",
        "keep_cards": True,
        "departement": None,
        "subscription": None,
        "follows": [],
    }


def test_it_makes_the_cookie_secure_over_https(settings: Any):
    settings.SECURE, settings.DEVICE_COOKIE_NAME = True, "__Host-device"

    cookie = ApiClient().call("POST", "devices", NEW).cookies["__Host-device"]

    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


def test_it_keeps_nothing_of_the_cookie_but_a_digest():
    value = ApiClient().call("POST", "devices", NEW).cookies[settings.DEVICE_COOKIE_NAME].value
    secret = value.partition(".")[2]

    assert len(secret) >= 43
    assert secret not in str(Device.objects.values().get())


def test_it_answers_with_the_same_device_to_a_cookie_that_is_valid():
    device = make_device(language="en")

    response = ApiClient(device).call("POST", "devices", NEW)

    assert (response.status_code, response.json()["id"], response.json()["language"]) == (200, str(device.uuid), "en")
    assert response.cookies[settings.DEVICE_COOKIE_NAME].value == device.cookie
    assert Device.objects.count() == 1


@pytest.mark.parametrize("cookie", ["", ".", "x.y", "0" * 32 + ".wrong", "é.é", "{}.", "0" * 5000])
def test_a_cookie_that_is_none_makes_no_device_and_opens_none(cookie: str):
    client = ApiClient()
    client.cookies[settings.DEVICE_COOKIE_NAME] = cookie

    response = client.call("GET", "device")

    assert (response.status_code, response.json()["code"]) == (401, "no_device")
    assert response["WWW-Authenticate"].startswith("Cookie")
    assert not response.cookies


def test_another_devices_secret_does_not_open_a_device():
    one, other = make_device(), make_device()
    client = ApiClient()
    client.cookies[settings.DEVICE_COOKIE_NAME] = f"{one.uuid.hex}.{other.cookie.partition('.')[2]}"

    assert client.call("GET", "device").status_code == 401


@pytest.mark.parametrize("path", READING)
def test_reading_makes_no_device(path: str):
    response = ApiClient().call("GET", path)

    assert not response.cookies
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"time_zone": "Europe/Paris"}, "language"),
        ({"language": "fr"}, "time_zone"),
        ({"language": "de", "time_zone": "Europe/Paris"}, "language"),
        ({"language": "fr", "time_zone": "Mars/Olympus"}, "time_zone"),
        ({"language": "fr", "time_zone": "../../etc/passwd"}, "time_zone"),
        ({"language": ["fr"], "time_zone": "Europe/Paris"}, "language"),
        ([], "non_field_errors"),
    ],
)
def test_it_refuses_what_is_no_language_or_zone(body: Any, field: str):
    response = ApiClient().call("POST", "devices", body)

    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert list(response.json()["fields"]) == [field]
    assert not Device.objects.exists()


def test_it_notes_the_day_once_a_day(django_assert_num_queries: Any):
    today = timezone.now().date()
    device = make_device(last_seen=today - timedelta(days=3))
    client = ApiClient(device)

    client.call("GET", "device")

    device.refresh_from_db()
    assert device.last_seen == today
    with django_assert_num_queries(3):  # the device, its follows, its subscription
        client.call("GET", "device")


def test_it_lists_what_the_device_follows():
    device, campaign = make_device(), make_campaign(slug="anasse")
    make_follow(campaign, device, ["rally_call"])
    make_follow(make_campaign(slug="taken-down", published=False), device)
    make_subscription(device, verified=False)

    shown = ApiClient(device).call("GET", "device").json()

    day = timezone.now().date().isoformat()
    assert shown["follows"] == [
        {"campaign": "anasse", "kinds": ["rally_call"], "consent_version": 1, "consented_on": day}
    ]
    assert shown["subscription"] == {"verified": False, "key_current": True}


@pytest.mark.parametrize(
    "change",
    [
        {"language": "en"},
        {"time_zone": "America/Cayenne"},
        {"quiet_hours": {"start": "22:00", "end": "08:00"}},
        {"quiet_hours": None},
        {"lock_screen": "discreet"},
        {"keep_cards": False},
        {"departement": "2A"},
        {"departement": "974"},
        {"departement": None},
        {},
    ],
)
def test_it_changes_what_is_given_and_nothing_else(change: dict[str, Any]):
    device = make_device(quiet_start="21:00", quiet_end="07:00", departement="75")
    client = ApiClient(device)
    before = client.call("GET", "device").json()

    response = client.call("PATCH", "device", change)

    assert response.status_code == 200
    assert response.json() == {**before, **change}
    assert client.call("GET", "device").json() == {**before, **change}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"language": "xx"}, "language"),
        ({"time_zone": ""}, "time_zone"),
        ({"quiet_hours": {"start": "22:00"}}, "quiet_hours.end"),
        ({"quiet_hours": {"start": "25:00", "end": "08:00"}}, "quiet_hours.start"),
        ({"quiet_hours": {"start": "22:00", "end": "22:00"}}, "quiet_hours.end"),
        ({"quiet_hours": "night"}, "quiet_hours.non_field_errors"),
        ({"lock_screen": "loud"}, "lock_screen"),
        ({"keep_cards": "perhaps"}, "keep_cards"),
        ({"departement": "20"}, "departement"),
        ({"departement": "75\u0000"}, "departement"),
    ],
)
def test_it_refuses_settings_that_are_none(change: dict[str, Any], field: str):
    device = make_device()

    response = ApiClient(device).call("PATCH", "device", change)

    assert (response.status_code, list(response.json()["fields"])) == (400, [field])
    assert Device.objects.values().get() == {**Device.objects.values().get(), "last_seen": device.last_seen}


def test_it_changes_nothing_that_is_not_a_setting():
    device = make_device()

    ApiClient(device).call("PATCH", "device", {"id": "x", "uuid": "x", "first_seen": "2001-01-01", "follows": []})

    fresh = Device.objects.get()
    assert (fresh.uuid, fresh.first_seen) == (device.uuid, device.first_seen)
    assert fresh.first_seen != date(2001, 1, 1)


def test_erasing_leaves_counts_and_nothing_that_leads_back():
    device, rally = make_device(), make_rally_call()
    make_follow(rally.campaign, device)
    make_subscription(device)
    ApiClient(device).call("PUT", f"actions/{rally.uuid}/participation", {"stage": "joined"})
    token = Participation.objects.get().token

    response = ApiClient(device).call("DELETE", "device")

    assert response.status_code == 204
    assert response["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert response.cookies[settings.DEVICE_COOKIE_NAME]["max-age"] == 0
    assert [model.objects.count() for model in (Device, Subscription, Follow)] == [0, 0, 0]
    assert Participation.objects.get().token != token
    assert Tally.objects.sums(rally)["joined"] == {"total": 1, "counted": 1}
    assert ApiClient(device).call("GET", "device").status_code == 401


def test_erasing_leaves_other_devices_alone():
    device, other, rally = make_device(), make_device(), make_rally_call()
    ApiClient(other).call("PUT", f"actions/{rally.uuid}/participation", {"stage": "joined"})

    ApiClient(device).call("DELETE", "device")

    assert Participation.objects.of(rally, other) is not None
    assert list(Device.objects.all()) == [other]
