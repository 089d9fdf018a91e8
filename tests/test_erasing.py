"""Erasing a device: every table that knows of it forgets it, counts stay, and asking twice is fine."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from accounts.models import Device
from campaigns.models import Claim, OutcomeSum, Participation, Tally
from campaigns.own_data.tables import TABLES
from tests.api import ApiClient
from tests.make import make_device, make_follow, make_official, make_outreach, make_rally_call, make_user
from tests.test_export import rich_device

pytestmark = pytest.mark.django_db
EVERYTHING = '"cache", "cookies", "storage"'


def cleared(response: Any) -> tuple[int, str, Any]:
    return (
        response.status_code,
        response["Clear-Site-Data"],
        response.cookies[settings.DEVICE_COOKIE_NAME]["max-age"],
    )


def test_nothing_of_it_is_left_in_any_table():
    device = rich_device(make_user())
    assert all(list(table.rows(device)) for table in TABLES.values())
    number = device.pk

    assert cleared(ApiClient(device).call("DELETE", "device")) == (204, EVERYTHING, 0)

    device.pk = number
    left = [name for name, table in TABLES.items() if name != "device" and list(table.rows(device))]
    assert left == []
    leading = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is Device
    ]
    assert [str(model) for model, name in leading if model._default_manager.filter(**{f"{name}_id": number})] == []
    assert not Device.objects.filter(pk=number).exists()


def test_what_others_count_stays():
    device = rich_device(make_user())
    part, claim = Participation.objects.get(), Claim.objects.get()
    sums = Tally.objects.sums(part.action)
    assert sums["joined"] == {"total": 1, "counted": 1}

    ApiClient(device).call("DELETE", "device")

    assert Tally.objects.sums(part.action) == sums
    assert Participation.objects.get().token != part.token
    assert not Claim.objects.filter(pk=claim.pk).exists()


def test_the_official_it_held_is_free_for_another(settings: Any):
    device, other, outreach = make_device(), make_device(), make_outreach()
    official, now = make_official(outreach), timezone.now()
    until = now + timedelta(hours=1)
    assert Claim.objects.take(outreach, device, [official.pk], now=now, until=until)
    assert Claim.objects.take(outreach, other, [official.pk], now=now, until=until) is None

    ApiClient(device).call("DELETE", "device")

    assert Claim.objects.take(outreach, other, [official.pk], now=now, until=until)
    assert OutcomeSum.objects.filter(what="listed").exists()


def test_a_second_call_is_fine_and_clears_the_browser_again():
    device, other = make_device(), make_device()
    assert cleared(ApiClient(device).call("DELETE", "device")) == (204, EVERYTHING, 0)

    assert cleared(ApiClient(device).call("DELETE", "device")) == (204, EVERYTHING, 0)
    assert cleared(ApiClient().call("DELETE", "device")) == (204, EVERYTHING, 0)
    assert list(Device.objects.all()) == [other]


@pytest.mark.parametrize("site", ["same-site", "cross-site", "none"])
def test_no_other_site_can_ask_for_it(site: str):
    device = make_device()

    response = ApiClient(device, **{"Sec-Fetch-Site": site}).call("DELETE", "device")

    assert (response.status_code, response.json()["code"]) == (403, "cross_origin")
    assert "Clear-Site-Data" not in response
    assert Device.objects.filter(pk=device.pk).exists()


def test_other_devices_keep_what_is_theirs():
    device, other, rally = make_device(), make_device(), make_rally_call()
    make_follow(rally.campaign, other)
    ApiClient(other).call("PUT", f"actions/{rally.uuid}/participation", {"stage": "joined"})
    token = Participation.objects.get().token

    ApiClient(device).call("DELETE", "device")

    assert Participation.objects.get().token == token
    assert other.follows.count() == 1


def test_what_was_seen_leaves_the_browsers_cache_when_no_cards_are_wanted():
    client = ApiClient(make_device())

    assert client.call("PATCH", "device", {"keep_cards": False})["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.call("PATCH", "device", {"keep_cards": True})
    assert "Clear-Site-Data" not in client.call("PATCH", "device", {"lock_screen": "full"})


def test_a_device_can_begin_without_cards():
    body = {"language": "fr", "time_zone": "Europe/Paris", "keep_cards": False}

    assert ApiClient().call("POST", "devices", body).json()["keep_cards"] is False
    assert Device.objects.get().keep_cards is False
