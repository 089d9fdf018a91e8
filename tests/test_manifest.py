"""The manifest: the site's name, the reader's language, and for an iPhone's icon a way in that reaches no log."""

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone

from accounts.models import TransferCode
from accounts.models.transfer import ICON_SIGNS, TOKEN_LIFETIME
from accounts.views.manifest import CONTENT_TYPE, icons
from mobilise.headers import APP_POLICY
from mobilise.logs.formats import JsonLine
from tests.api import ApiClient
from tests.make import far, make_device

PATH = "/manifest.webmanifest"
PUBLIC = configured.BASE_DIR / "frontend" / "public"


def read(query: str = "") -> Any:
    response = Client().get(f"{PATH}{query}")
    assert (response.status_code, response["Content-Type"]) == (200, CONTENT_TYPE)
    return response.json()


def code_in(manifest: Any) -> str:
    return str(manifest["start_url"]).partition("#code=")[2]


def test_it_is_named_as_the_site_and_needs_no_database(settings: Any):
    settings.SITE_NAME = "Agenda"

    manifest = read()

    assert (manifest["name"], manifest["short_name"]) == ("Agenda", "Agenda")
    assert (manifest["lang"], manifest["dir"], manifest["display"]) == ("fr", "ltr", "standalone")
    assert (manifest["id"], manifest["start_url"], manifest["scope"]) == ("/", "/", "/")
    assert (manifest["background_color"], manifest["theme_color"]) == ("#f2f1f6", "#43249b")
    assert [shortcut["url"] for shortcut in manifest["shortcuts"]] == ["/alerts", "/settings"]
    assert manifest["categories"] == ["social", "news"]


@pytest.mark.parametrize("language", [code for code, _ in configured.LANGUAGES])
def test_it_speaks_every_language_of_the_site(language: str):
    manifest = read(f"?lang={language}")

    assert manifest["lang"] == language
    texts = json.loads((configured.BASE_DIR / "frontend" / "messages" / f"{language}.json").read_text(encoding="utf-8"))
    assert manifest["description"] == texts["manifest_description"]
    assert [one["name"] for one in manifest["shortcuts"]] == [texts["nav_alerts"], texts["nav_settings"]]
    assert [one["label"] for one in manifest["screenshots"]] == [texts["manifest_feed"], texts["manifest_action"]]


def test_a_language_that_there_is_not_is_the_sites_own():
    assert read("?lang=xx") == read() == read("?lang=")


def test_what_it_names_is_there():
    manifest = read()
    drawn = [one["src"].replace("/icons/", "/icons/mobilise/") for one in icons()]
    named = [*drawn, *(one["src"] for one in manifest["screenshots"])]

    assert len(named) == 8
    assert [src for src in named if not (PUBLIC / src.lstrip("/")).is_file()] == []


def test_browsers_keep_it_and_ask_whether_it_changed():
    first = Client().get(PATH)
    again = Client(headers={"If-None-Match": first["ETag"]}).get(PATH)

    assert (first["Cache-Control"], again.status_code) == ("public, max-age=3600", 304)
    assert first["Content-Security-Policy"] == APP_POLICY
    assert Client().post(PATH).status_code == 405
    assert not first.cookies


@pytest.mark.django_db
def test_with_a_token_it_starts_with_a_code_in_the_fragment():
    old, new = make_device(language="en"), make_device()
    made = ApiClient(old).call("POST", "device/transfer/icon").json()

    response = Client().get(made["manifest"])
    manifest = response.json()

    assert response["Cache-Control"] == "private, no-store"
    assert manifest["start_url"] == f"/transfer#code={made['code']}"
    assert (len(made["code"]), manifest["id"], manifest["lang"]) == (ICON_SIGNS, "/", "en")
    entered = ApiClient(new).call("POST", "device/transfer/takeover", {"code": code_in(manifest)})
    assert (entered.status_code, entered.json()["device"]["language"]) == (200, "en")


@pytest.mark.django_db
def test_fetched_again_it_hands_out_the_same_code_until_it_is_used():
    address = ApiClient(make_device()).call("POST", "device/transfer/icon").json()["manifest"]
    first, second = Client().get(address).json(), Client().get(address).json()
    assert first == second

    new = make_device()
    ApiClient(new).call("POST", "device/transfer/takeover", {"code": code_in(first)})

    assert Client().get(address).json()["start_url"] == "/"


@pytest.mark.django_db
def test_a_later_token_leaves_the_icon_of_an_earlier_one_its_code():
    tab = make_device()
    addresses = [ApiClient(tab).call("POST", "device/transfer/icon").json()["manifest"] for _ in range(2)]
    first, second = [code_in(Client().get(address).json()) for address in addresses]

    assert first != second
    assert ApiClient(make_device()).call("POST", "device/transfer/takeover", {"code": first}).status_code == 200


@pytest.mark.django_db
def test_a_token_is_short_lived_and_an_unknown_one_is_told_nothing():
    token, _, row = TransferCode.objects.make_for_icon(make_device(), timezone.now())
    assert row.token_until is not None
    assert row.token_until <= timezone.now() + TOKEN_LIFETIME + timedelta(hours=1)
    TransferCode.objects.update(token_until=far(-0.1))

    old, unknown = (Client().get(f"{PATH}?icon={value}") for value in (token, "x" * 32))

    assert old.content == unknown.content == Client().get(PATH).content
    assert {old["Cache-Control"], unknown["Cache-Control"]} == {"private, no-store"}


@pytest.mark.django_db
def test_what_is_stored_opens_neither_manifest_nor_code():
    token, code, _ = TransferCode.objects.make_for_icon(make_device(), timezone.now())

    stored = str(TransferCode.objects.values().get())

    assert token not in stored
    assert code not in stored


@pytest.mark.django_db
def test_neither_token_nor_code_is_logged(caplog: pytest.LogCaptureFixture):
    for name in ("", "django.request", "django.security.DisallowedHost", "django.db.backends"):
        caplog.set_level(logging.INFO, logger=name or None)
    client = ApiClient(make_device())
    made = client.call("POST", "device/transfer/icon").json()
    token = made["manifest"].partition("icon=")[2]

    Client().get(made["manifest"])
    Client().post(made["manifest"])
    Client().get(made["manifest"], headers={"Host": "not-ours.example"})
    Client().get(f"/transfer/{made['code']}")
    client.call("POST", f"device/transfer/{made['code']}")
    client.call("POST", "device/transfer/takeover", {"code": made["code"]})

    written = "\n".join(JsonLine().format(record) for record in caplog.records)
    assert "a request was refused" in written
    assert token not in written
    assert made["code"] not in written
