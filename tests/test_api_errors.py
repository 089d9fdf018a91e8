"""Whatever goes wrong below /api/ is said in JSON, in one shape."""

import logging
from typing import Any

import pytest
from django.test import Client

from mobilise.parsers import MAX_BODY
from tests.api import ApiClient
from tests.make import make_campaign, make_device

pytestmark = pytest.mark.django_db
NEW = '{"language": "fr", "time_zone": "Europe/Paris"}'


def refused(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/json"
    body = response.json()
    assert {"code", "detail"} <= set(body) <= {"code", "detail", "fields"}
    return response.status_code, body["code"]


@pytest.mark.parametrize(
    "path", ["", "nothing", "feed/", "device/x", "actions/1", "actions/../feed", "../v2/feed", "../", "..", "é%00"]
)
def test_an_unknown_address_is_404(path: str):
    assert refused(ApiClient().call("GET", path)) == (404, "not_found")
    assert refused(ApiClient().call("POST", path, {})) == (404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_address_is_404_to_whoever_sends_no_form_of_ours(method: str):
    # As a web server calls it: Django's own client leaves the check of forms out.
    client = Client(enforce_csrf_checks=True)

    assert refused(client.generic(method, "/api/v1/nothing", b"{}", "application/json")) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "feed"), ("GET", "devices"), ("PATCH", "campaigns"), ("OPTIONS", "device")]
)
def test_a_method_that_is_not_there_is_405(method: str, path: str):
    response = ApiClient(make_device()).call(method, path)

    assert refused(response) == (405, "method_not_allowed")
    assert response["Allow"]


@pytest.mark.parametrize("body", ["", "{", "nil", '{"language": NaN}', "[" * 5000, "\x00", '{"a": ' + "9" * 6000 + "}"])
def test_a_body_that_is_no_json_is_400(body: str):
    assert refused(ApiClient().call("POST", "devices", body))[0] == 400


def test_a_body_in_another_encoding_is_400():
    client = ApiClient()

    response = client.generic("POST", "/api/v1/devices", b"\xff\xfe{", "application/json")

    assert refused(response) == (400, "parse_error")


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_another_content_type_is_415(content_type: str):
    response = ApiClient().call("POST", "devices", NEW, content_type=content_type)

    assert refused(response) == (415, "unsupported_media_type")


def test_a_body_that_is_too_large_is_413():
    body = NEW[:-1] + ', "filler": "' + "x" * MAX_BODY + '"}'

    assert refused(ApiClient().call("POST", "devices", body)) == (413, "too_large")


@pytest.mark.parametrize("body", ["[]", '"text"', "12", "null", "true"])
def test_a_body_that_is_no_object_is_400_with_fields(body: str):
    response = ApiClient().call("POST", "devices", body)

    assert refused(response) == (400, "invalid")
    assert response.json()["fields"]


def test_a_lone_surrogate_is_refused_and_breaks_nothing():
    response = ApiClient(make_device()).call("POST", "device/subscription/verification", '{"nonce": "\\ud800"}')

    assert refused(response) == (400, "invalid")


def test_a_wish_for_html_is_answered_in_json():
    response = ApiClient().call("GET", "campaigns/none", Accept="text/html")

    assert response["Content-Type"] == "application/json"
    assert response.status_code in (404, 406)


def test_our_own_fault_is_500_and_its_message_stays_in(caplog: pytest.LogCaptureFixture):
    # A row that no admin form lets through: what is read from it cannot be shown.
    make_campaign(name="https://secret.example/endpoint")

    with caplog.at_level(logging.ERROR):
        response = ApiClient().call("GET", "feed")

    assert refused(response) == (500, "server_error")
    assert "AttributeError" in caplog.text
    assert "secret" not in caplog.text + response.content.decode()


def test_a_wrong_host_is_400():
    response = ApiClient().call("GET", "feed/x", Host="evil.example")

    assert refused(response) == (400, "bad_request")
