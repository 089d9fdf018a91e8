"""Each answer and each trouble of the table, given by a real push service over a real connection."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from mobilise.webpush.answers import Answer, Outcome, classify
from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService
from tests.push_service.senders import LeadsNowhere, LeadsTo, make_transport, port_of, post

WNS = "db5p.notify.windows.com"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ACCEPTED),
        (201, Outcome.ACCEPTED),
        (202, Outcome.ACCEPTED),
        (404, Outcome.GONE),
        (410, Outcome.GONE),
        (400, Outcome.REFUSED),
        (401, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (406, Outcome.REFUSED),
        (413, Outcome.TOO_LARGE),
        (429, Outcome.RETRY),
        (500, Outcome.RETRY),
        (502, Outcome.RETRY),
        (503, Outcome.RETRY),
        (504, Outcome.RETRY),
    ],
)
def test_an_answer_arrives_as_it_was_given(push_service: PushService, status: int, outcome: Outcome):
    subscription = push_service.subscribe()
    push_service.answer(subscription, status=status, body_size=50)

    answer = post(make_transport(push_service), subscription.endpoint)

    assert (answer.status, answer.error) == (status, "")
    assert 0 < answer.elapsed < 30
    assert classify(answer, push_service.hosts[0]) is outcome
    assert len(push_service.received(subscription)) == 1


def test_windows_says_406_for_later(push_service: PushService):
    push_service.answer("*", status=406)
    # The operator's list lets this name lead to the test's service, under its own certificate.
    transport = make_transport(
        push_service, extra_hosts=[WNS], resolver=LeadsTo(["127.0.0.1"], port_of(push_service.hosts[0]))
    )

    answer = post(transport, f"https://{WNS}/w/?token=abc")

    assert answer.status == 406
    assert classify(answer, WNS) is Outcome.RETRY
    assert push_service.received()[0].path == "/w/?token=abc"


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_comes_in_seconds(push_service: PushService, status: int):
    subscription = push_service.subscribe()
    push_service.answer(subscription, status=status, retry_after=120)

    assert post(make_transport(push_service), subscription.endpoint).retry_after == 120


def test_retry_after_comes_as_a_date(push_service: PushService):
    subscription = push_service.subscribe()
    moment = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    push_service.answer(subscription, status=503, retry_after=moment)

    assert post(make_transport(push_service), subscription.endpoint).retry_after == pytest.approx(600, abs=5)


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (Behaviour(reset=True), "reset"),
        (Behaviour(close=True), "reset"),
        (Behaviour(garbage=True), "protocol"),
        (Behaviour(hang=True), "timeout"),
        (Behaviour(delay=30), "timeout"),
        (Behaviour(drip_headers=0.1), "timeout"),
    ],
    ids=["reset", "closed without a word", "not HTTP", "hangs", "too late", "headers drip"],
)
def test_trouble_is_a_word_and_means_again_later(push_service: PushService, behaviour: Behaviour, error: str):
    subscription = push_service.subscribe()
    push_service.answer(subscription, behaviour)

    answer = post(make_transport(push_service, total_timeout=0.5), subscription.endpoint)

    assert answer == Answer(None, None, error, answer.elapsed)
    assert answer.elapsed < 10
    assert classify(answer, push_service.hosts[0]) is Outcome.RETRY
    # A POST may have been acted on: it is not sent again behind the caller's back.
    assert len(push_service.received(subscription)) == 1


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour(drip_body=0.3, body_size=1000), Behaviour(body_size=3_000_000)],
    ids=["body drips", "body is huge"],
)
def test_a_body_without_end_takes_nothing_from_the_answer(push_service: PushService, behaviour: Behaviour):
    subscription = push_service.subscribe()
    push_service.answer(subscription, behaviour)

    answer = post(make_transport(push_service), subscription.endpoint)

    assert (answer.status, answer.error) == (201, "")
    assert answer.elapsed < 10


def test_a_host_that_takes_connections_and_says_nothing_is_given_up(push_service: PushService):
    subscription = push_service.subscribe(push_service.silent_host)

    answer = post(make_transport(push_service, connect_timeout=0.3), subscription.endpoint)

    assert answer.error == "timeout"
    assert 0.2 < answer.elapsed < 10


def test_a_port_where_nobody_listens(push_service: PushService, closed_port: int):
    host = f"127.0.0.1:{closed_port}"

    answer = post(make_transport(push_service, extra_hosts=[host]), f"https://{host}/x")

    assert answer.error == "connect"


def test_a_name_that_does_not_exist(push_service: PushService):
    transport = make_transport(push_service, extra_hosts=["nowhere.invalid"], resolver=LeadsNowhere([]))

    answer = post(transport, "https://nowhere.invalid/x")

    assert answer.error == "dns"
    assert classify(answer, "nowhere.invalid") is Outcome.RETRY
