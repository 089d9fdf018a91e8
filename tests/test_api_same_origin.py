"""Calls that change something come from pages of this very origin."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from rest_framework.views import APIView

from accounts.models import Device
from accounts.permissions import SameOrigin

pytestmark = pytest.mark.django_db
NEW = {"language": "fr", "time_zone": "Europe/Paris"}
OWN = "http://127.0.0.1:8000"


def make_device_with(**headers: str) -> int:
    return Client(headers=headers).post("/api/v1/devices", NEW, "application/json").status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": OWN},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"},
        {"Origin": OWN},
        {"Origin": "http://testserver"},
    ],
)
def test_it_lets_pages_of_this_site_in(headers: dict[str, str]):
    assert make_device_with(**headers) == 201


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": OWN},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "http://127.0.0.1:8001"},
        {"Origin": "https://127.0.0.1:8000"},
        {"Origin": f"{OWN}.evil.example"},
        {"Origin": f"{OWN}/"},
        {"Referer": f"{OWN}/"},
    ],
)
def test_it_refuses_everybody_else(headers: dict[str, str]):
    assert make_device_with(**headers) == 403
    assert not Device.objects.exists()


def test_it_says_why():
    response = Client().post("/api/v1/devices", NEW, "application/json")

    assert response.json()["code"] == "cross_origin"


@pytest.mark.parametrize("site", ["cross-site", "none", "same-site"])
def test_reading_is_for_everybody(site: str):
    assert Client(headers={"Sec-Fetch-Site": site}).get("/api/v1/feed").status_code == 200


def api_views(patterns: Any = None) -> Iterator[type[APIView]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if hasattr(pattern, "url_patterns"):
            yield from api_views(pattern.url_patterns)
        elif isinstance(getattr(pattern.callback, "cls", None), type):
            yield pattern.callback.cls


def test_no_view_forgets_it():
    changing = [
        view
        for view in api_views()
        if {"post", "put", "patch", "delete"} & {name for name in dir(view) if name.islower()}
    ]

    assert len(changing) >= 8
    assert [view for view in changing if SameOrigin not in view.permission_classes] == []
