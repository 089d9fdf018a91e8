"""Thousands of calls that the API's document allows, and as many that it does not: each answer is one that it names."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Device, TransferCode
from campaigns.models import Alert, Claim, Outreach, Picture, Visibility
from campaigns.models.outreach.claims import holder_token
from campaigns.receipts import make_receipt
from mobilise.throttles import limits
from mobilise.throttles.limits import Limit
from tests.delivering import ROOT
from tests.make import (
    UNKNOWN_ID,
    far,
    make_alert,
    make_campaign,
    make_device,
    make_follow,
    make_gathering,
    make_hashtag_push,
    make_medium,
    make_official,
    make_outreach,
    make_rally_call,
    make_solidarity_alert,
    make_subscription,
)

pytestmark = pytest.mark.django_db
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What any call may be answered with, as the document says of all of them at once.
ALWAYS = {400: "parse_error", 405: "method_not_allowed", 413: "too_large", 415: "unsupported_media_type"}
EXAMPLES = 10
# The client that calls sends cookies to this name alone: elsewhere everybody is a stranger.
NAME = "localhost"
PEOPLE = ("stranger", "device", "follower")

schema = schemathesis.openapi.from_dict(json.loads((ROOT / "frontend" / "openapi.json").read_text(encoding="utf-8")))
OPERATIONS = {one.label: one for one in (found.ok() for found in schema.get_all_operations())}


@lru_cache(maxsize=1)
def application() -> Any:
    """The site, as a web server calls it."""
    return get_wsgi_application()


@dataclass(frozen=True, slots=True)
class Fitting:
    """What a call needs that nobody makes up, so that it is answered with ``status``."""

    status: int
    path: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


class House:
    """Somebody who calls, and what there is to be called about."""

    def __init__(self, who: str) -> None:
        closed = make_campaign(visibility=Visibility.INVITATION)
        campaigns = [make_campaign(), closed, make_campaign(visibility=Visibility.LINK), make_campaign(published=False)]
        self.device: Device | None = None if who == "stranger" else make_device()
        if self.device:
            make_subscription(self.device)
        if self.device and who == "follower":
            make_follow(closed, self.device)
        actions: list[Any] = []
        for campaign in campaigns:
            actions += [make(campaign) for make in (make_hashtag_push, make_solidarity_alert, make_outreach)]
            rally = make_rally_call(campaign)
            make_gathering(rally)
            actions.append(rally)
            make_official(actions[-2])
        for action in actions:
            make_medium(action)
        pictures = Picture.objects.values_list("uuid", flat=True)
        # Straight into its table: taking one is for office hours, and this for any.
        claims = [make_claim(actions[2], self.device)] if self.device else []
        alert = make_alert(actions[0])
        self.known: dict[str, list[str]] = {
            "slug": [*(one.slug for one in campaigns), "nothing"],
            "action": [*(str(one.uuid) for one in actions), str(UNKNOWN_ID)],
            "picture": [*map(str, pictures), str(UNKNOWN_ID)],
            "alert": [str(alert.uuid), str(UNKNOWN_ID)],
            "claim": [*(str(one.uuid) for one in claims), str(UNKNOWN_ID)],
        }
        self.fitting = {"POST /api/v1/alerts/{alert}/receipts": receipt_of(alert)}
        if self.device:
            self.fitting |= calls_about(claims[0]) | codes_of(self.device)

    def cookies(self) -> dict[str, str]:
        return {settings.DEVICE_COOKIE_NAME: self.device.cookie} if self.device else {}  # type: ignore[attr-defined]


def make_claim(outreach: Outreach, device: Device) -> Claim:
    """The device holds an official of the outreach."""
    official = outreach.officials.get()
    holder = holder_token(outreach, device.pk)
    values = {"official": official, "record_id": official.record_id, "holder": holder, "lease_until": far(1)}
    return Claim.objects.create(outreach=outreach, **values)


def receipt_of(alert: Alert) -> Fitting:
    """With the nonce that comes with the alert."""
    return Fitting(204, {"alert": str(alert.uuid)}, {"event": "shown", "nonce": make_receipt(alert.uuid)})


def calls_about(claim: Claim) -> dict[str, Fitting]:
    """Of the device that holds it."""
    action = {"action": str(claim.outreach.uuid)}
    both = {**action, "claim": str(claim.uuid)}
    return {
        "GET /api/v1/actions/{action}/claim": Fitting(200, action),
        "POST /api/v1/actions/{action}/claim": Fitting(200, action),
        "DELETE /api/v1/actions/{action}/claim/{claim}": Fitting(204, both),
        "PUT /api/v1/actions/{action}/claim/{claim}/outcome": Fitting(200, both, {"result": "sent"}),
    }


def codes_of(device: Device) -> dict[str, Fitting]:
    """What came to it by push, what it made itself, and what another phone shows it."""
    now = timezone.now()
    nonce = device.subscription.issue_nonce(now)
    own, _ = TransferCode.objects.make(device, now)
    other, _ = TransferCode.objects.make(make_device(), now)
    return {
        "POST /api/v1/device/subscription/verification": Fitting(200, body={"nonce": nonce}),
        "PUT /api/v1/device/transfer/sealed": Fitting(204, body={"code": own, "sealed": "A" * 64}),
        "POST /api/v1/device/transfer/takeover": Fitting(200, body={"code": other}),
    }


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A web server's requests each end their connections to the database; here the test's own transaction is on it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many calls are none of a person's; that limits hold is said elsewhere. And the site has our name."""
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", [NAME])
    monkeypatch.setattr(limits, "LIMITS", {name: Limit(limits.HOUR, 10**6, 10**6) for name in limits.LIMITS})


def call(house: House, case: Any) -> int:
    """Makes the call, as if it were the only one, and holds its answer against the document. Its status."""
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "identity"}
    with transaction.atomic():
        response = case.call(app=application(), base_url=f"http://{NAME}", headers=headers, cookies=house.cookies())
        transaction.set_rollback(True)
    if ALWAYS.get(response.status_code):
        assert response.json()["code"] in {ALWAYS[response.status_code], "invalid", "bad_request"}
    else:
        case.validate_response(response, checks=CHECKS, headers=headers)
    return int(response.status_code)


def bounded(test: Callable[..., None]) -> Callable[..., None]:
    """The same calls in every run, and no more of them than a minute holds."""
    return hypothesis_settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(test)


def ask_fittingly(house: House, operation: Any, fitting: Fitting) -> None:
    """Whoever has all that a call needs is answered as the document says of success. Raises what is wrong."""
    body = {"body": fitting.body, "media_type": "application/json"} if fitting.body else {}
    status = call(house, operation.Case(path_parameters=dict(fitting.path), **body))
    assert status == fitting.status, status


def ask_often(house: House, operation: Any) -> int:
    """How often it was asked. Raises what schemathesis finds wrong."""
    mode = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    fitting = house.fitting.get(operation.label, Fitting(0))
    asked = []

    @bounded
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=data.draw(mode)))
        for parameter, values in house.known.items():
            # An id that is made up finds nothing: most calls are about what there is.
            if parameter in (case.path_parameters or {}) and data.draw(st.integers(0, 3)):
                case.path_parameters[parameter] = data.draw(st.sampled_from(values))
        if data.draw(st.booleans()):
            case.path_parameters = {**(case.path_parameters or {}), **fitting.path}
            if isinstance(case.body, dict):
                case.body = {**case.body, **data.draw(st.sampled_from([fitting.body, {}]))}
        asked.append(case.method)
        call(house, case)

    ask()
    return len(asked)


@pytest.mark.parametrize("who", PEOPLE)
def test_every_answer_is_one_that_the_document_names(one_connection: None, unlimited: None, who: str):
    house = House(who)
    wrong, asked = [], {}

    for name, operation in OPERATIONS.items():
        try:
            if name in house.fitting:
                ask_fittingly(house, operation, house.fitting[name])
            asked[name] = ask_often(house, operation)
        except (AssertionError, FailureGroup) as found:
            wrong.append(f"{name}: {found}")

    assert not wrong, "\n".join(wrong)
    assert set(house.fitting) <= set(OPERATIONS)
    assert len(asked) == len(OPERATIONS) >= 34
    assert sum(asked.values()) > len(OPERATIONS) * EXAMPLES // 2
