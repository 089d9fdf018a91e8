"""What the transport must never do: follow, believe, connect inside, tell who it is, write an endpoint down."""

import asyncio
import logging

import pytest

from mobilise.webpush.answers import Outcome, classify
from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService
from tests.push_service.senders import LeadsNowhere, LeadsTo, make_transport, port_of, post, post_each, using

FCM = "fcm.googleapis.com"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["to itself", "to another host"])
def test_a_redirect_is_refused_and_never_followed(push_service: PushService, status: int, elsewhere: bool):
    subscription, target = push_service.subscribe(), push_service.subscribe(push_service.hosts[1])
    push_service.answer(subscription, status=status, location=target.endpoint if elsewhere else "self")

    answer = post(make_transport(push_service), subscription.endpoint)

    assert answer.status == status
    assert classify(answer, push_service.hosts[0]) is Outcome.REFUSED
    assert [request.token for request in push_service.received()] == [subscription.token]
    assert push_service.connections(push_service.hosts[1]) == 0


def test_an_unknown_authority_is_not_believed(push_service: PushService):
    subscription = push_service.subscribe()

    answer = post(make_transport(push_service, trusted=False), subscription.endpoint)

    assert answer.error == "tls"
    assert push_service.connections() == 1
    assert push_service.received() == []


def test_a_certificate_for_another_name_is_not_believed(push_service: PushService):
    name = "push.example.org"
    resolver = LeadsTo(["127.0.0.1"], port_of(push_service.hosts[0]))

    answer = post(make_transport(push_service, extra_hosts=[name], resolver=resolver), f"https://{name}/x")

    assert answer.error == "tls"
    assert push_service.received() == []


def test_the_extra_authority_comes_beside_those_of_the_system(push_service: PushService):
    with_extra = make_transport(push_service)._tls.get_ca_certs()
    without = make_transport(push_service, trusted=False)._tls.get_ca_certs()

    assert len(with_extra) == len(without) + 1


def test_a_missing_file_of_authorities_is_said_at_once(push_service: PushService):
    push_service.ca_file, kept = "/nowhere/ca.pem", push_service.ca_file
    try:
        with pytest.raises(OSError, match=r"ca\.pem"):
            make_transport(push_service)
    finally:
        push_service.ca_file = kept


INSIDE = ["127.0.0.1", "0.0.0.0", "10.0.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"]  # noqa: S104  # refused
INSIDE += ["::1", "::ffff:127.0.0.1", "::127.0.0.1", "fe80::1", "fd00::1", "64:ff9b::7f00:1", "2002:7f00:1::1"]


@pytest.mark.parametrize("address", INSIDE)
def test_a_known_name_that_leads_inside_is_not_connected_to(push_service: PushService, address: str):
    resolver = LeadsTo([address], port_of(push_service.hosts[0]))

    answer = post(make_transport(push_service, resolver=resolver), f"https://{FCM}/x")

    assert answer.error == "address"
    assert push_service.connections() == 0


def test_a_name_that_the_operator_listed_may_lead_inside(push_service: PushService):
    resolver = LeadsTo(["127.0.0.1"], port_of(push_service.hosts[0]))

    answer = post(make_transport(push_service, extra_hosts=[FCM], resolver=resolver), f"https://{FCM}/x")

    assert answer.status == 201
    assert push_service.connections() == 1


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_an_endpoint_that_the_policy_refuses_is_not_connected_to(push_service: PushService, scheme: str):
    answer = post(make_transport(push_service, extra_hosts=[]), f"{scheme}://{push_service.hosts[0]}/x")

    assert answer.error == "endpoint"
    assert push_service.connections() == 0


def test_nothing_identifies_the_sender_and_no_proxy_or_cookie_is_used(
    push_service: PushService, monkeypatch: pytest.MonkeyPatch, closed_port: int
):
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    subscription = push_service.subscribe()
    push_service.answer(subscription, set_cookie="seen=1; Path=/")

    statuses = using(make_transport(push_service), lambda it: post_each(it, [subscription.endpoint] * 2))

    assert statuses == [201, 201]
    requests = push_service.received(subscription)
    assert [set(request.headers) for request in requests] == [{"host", "ttl", "content-length"}] * 2
    assert [(request.method, request.body) for request in requests] == [("POST", b"x")] * 2


def test_no_log_line_holds_an_endpoint(push_service: PushService, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncio").setLevel(logging.DEBUG)
    plan = [
        Behaviour(reset=True),
        Behaviour(hang=True),
        Behaviour(garbage=True),
        Behaviour(status=308, location="self"),
        Behaviour(body_size=3_000_000),
        Behaviour(status=410),
    ]
    subscription = push_service.subscribe(name="secret-token")
    push_service.answer(subscription, *plan)
    refused = subscription.endpoint.replace("https:", "http:")

    async def post_them(transport) -> None:
        asyncio.get_running_loop().set_debug(True)
        for _ in plan:
            await transport.post(subscription.endpoint, {}, b"x")
        await transport.post(refused, {}, b"x")
        await transport.post(f"https://{FCM}/secret-token", {}, b"x")

    using(make_transport(push_service, total_timeout=0.5, resolver=LeadsNowhere([])), post_them)

    assert len(push_service.received(subscription)) == len(plan)
    assert "secret-token" not in caplog.text
