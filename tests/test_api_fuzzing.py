"""Thousands of calls that the API's document allows, and as many that it does not: each answer is one that it names."""

import json
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
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

from accounts.models import Device
from campaigns.models import Claim, Picture, Visibility
from mobilise.throttles import limits
from mobilise.throttles.limits import Limit
from tests.delivering import ROOT
from tests.make import (
    UNKNOWN_ID,
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
ORIGIN = "http://127.0.0.1"
PEOPLE = ("stranger", "device", "follower")

schema = schemathesis.openapi.from_dict(json.loads((ROOT / "frontend" / "openapi.json").read_text(encoding="utf-8")))
OPERATIONS = {f"{one.method} {one.path}": one for one in (found.ok() for found in schema.get_all_operations())}


@lru_cache(maxsize=1)
def application() -> Any:
    """The site, as a web server calls it."""
    return get_wsgi_application()


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
        claims = Claim.objects.values_list("uuid", flat=True)
        self.known: dict[str, list[str]] = {
            "slug": [*(one.slug for one in campaigns), "nothing"],
            "action": [*(str(one.uuid) for one in actions), str(UNKNOWN_ID)],
            "picture": [*map(str, pictures), str(UNKNOWN_ID)],
            "alert": [str(make_alert(actions[0]).uuid), str(UNKNOWN_ID)],
            "claim": [*map(str, claims), str(UNKNOWN_ID)],
        }

    def cookies(self) -> dict[str, str]:
        return {settings.DEVICE_COOKIE_NAME: self.device.cookie} if self.device else {}  # type: ignore[attr-defined]


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
    """So many calls are none of a person's; that limits hold is said elsewhere."""
    monkeypatch.setattr(limits, "LIMITS", {name: Limit(limits.HOUR, 10**6, 10**6) for name in limits.LIMITS})


def call(house: House, case: Any) -> None:
    """Makes the call, as if it were the only one, and holds its answer against the document."""
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Encoding": "identity"}
    with transaction.atomic():
        response = case.call(app=application(), base_url=ORIGIN, headers=headers, cookies=house.cookies())
        transaction.set_rollback(True)
    if ALWAYS.get(response.status_code):
        assert response.json()["code"] in {ALWAYS[response.status_code], "invalid", "bad_request"}
        return
    case.validate_response(response, checks=CHECKS, headers=headers)


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


def ask_often(house: House, operation: Any) -> int:
    """How often it was asked. Raises what schemathesis finds wrong."""
    mode = st.sampled_from([GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    asked = []

    @bounded
    @given(data=st.data())
    def ask(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy(generation_mode=data.draw(mode)))
        for parameter, values in house.known.items():
            # An id that is made up finds nothing: most calls are about what there is.
            if parameter in (case.path_parameters or {}) and data.draw(st.integers(0, 3)):
                case.path_parameters[parameter] = data.draw(st.sampled_from(values))
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
            asked[name] = ask_often(house, operation)
        except (AssertionError, FailureGroup) as found:
            wrong.append(f"{name}: {found}")

    assert not wrong, "\n".join(wrong)
    assert len(asked) == len(OPERATIONS) >= 34
    assert sum(asked.values()) > len(OPERATIONS) * EXAMPLES // 2
