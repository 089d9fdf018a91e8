"""The OpenAPI document: complete, without warnings, and the file that the app's client is made from."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.api import ApiClient

FILE = Path(__file__).resolve().parent.parent / "frontend" / "openapi.json"
HOW = "stale: manage.py spectacular --file frontend/openapi.json --format openapi-json --validate --fail-on-warn"
CALLS = {
    ("get", "config"),
    ("post", "devices"),
    ("get", "device"),
    ("get", "device/export"),
    ("patch", "device"),
    ("delete", "device"),
    ("put", "device/subscription"),
    ("delete", "device/subscription"),
    ("post", "device/subscription/verification"),
    ("post", "device/test-alert"),
    ("get", "device/reach"),
    ("post", "device/transfer"),
    ("delete", "device/transfer"),
    ("post", "device/transfer/icon"),
    ("put", "device/transfer/sealed"),
    ("post", "device/transfer/takeover"),
    ("get", "campaigns"),
    ("get", "campaigns/{slug}"),
    ("get", "campaigns/{slug}/feed"),
    ("put", "campaigns/{slug}/follow"),
    ("delete", "campaigns/{slug}/follow"),
    ("get", "feed"),
    ("get", "actions/{action}"),
    ("get", "actions/{action}/pulse"),
    ("get", "actions/{action}/participation"),
    ("put", "actions/{action}/participation"),
    ("delete", "actions/{action}/participation"),
    ("get", "actions/{action}/claim"),
    ("post", "actions/{action}/claim"),
    ("delete", "actions/{action}/claim/{claim}"),
    ("put", "actions/{action}/claim/{claim}/outcome"),
    ("get", "pictures/{picture}"),
    ("get", "rights"),
    ("get", "participations"),
    ("post", "alerts/{alert}/receipts"),
}


@pytest.fixture(scope="module")
def document() -> Any:
    out = StringIO()
    call_command("spectacular", "--format", "openapi-json", "--validate", "--fail-on-warn", stdout=out)
    return json.loads(out.getvalue())


def operations(document: Any) -> dict[tuple[str, str], Any]:
    return {
        (method, path.removeprefix("/api/v1/")): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_the_committed_file_is_fresh(document: Any):
    assert json.loads(FILE.read_text(encoding="utf-8")) == document, HOW


def test_every_call_is_in_it_and_nothing_else(document: Any):
    assert document["openapi"].startswith("3.1")
    assert set(operations(document)) == CALLS


def test_every_call_says_what_it_does_and_how_it_is_called(document: Any):
    found = operations(document)
    names = [operation["operationId"] for operation in found.values()]

    assert len(set(names)) == len(names) == len(CALLS)
    assert [call for call, operation in found.items() if not operation.get("description")] == []


def test_calls_of_a_device_say_so_and_name_the_error(document: Any):
    found = operations(document)
    needing = {call for call, operation in found.items() if operation.get("security") == [{"device": []}]}

    assert needing == {call for call, operation in found.items() if "401" in operation["responses"]}
    assert ("put", "actions/{action}/participation") in needing
    assert ("get", "feed") not in needing


def test_calls_that_change_something_name_the_origin(document: Any):
    changing = {call: operation for call, operation in operations(document).items() if call[0] != "get"}

    assert len(changing) == 20
    assert [call for call, operation in changing.items() if "403" not in operation["responses"]] == []


@pytest.mark.django_db
def test_the_document_and_its_page_are_served():
    schema = ApiClient().call("GET", "schema")
    page = ApiClient().call("GET", "docs")

    assert schema.json()["info"]["title"] == "Mobilise"
    assert (page.status_code, page["Content-Type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.django_db
def test_the_page_has_no_script_or_style_of_its_own():
    page = ApiClient().call("GET", "docs").content.decode()
    script = ApiClient().call("GET", "docs?script=")

    assert "<style" not in page
    assert "://" not in page
    assert page.count("<script") == page.count("<script src=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "SwaggerUIBundle" in script.content.decode()
