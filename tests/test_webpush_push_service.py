"""The push service of the tests does what other tests rely on."""

import asyncio
import time
from pathlib import Path

import pytest

from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService
from tests.push_service.senders import make_message, make_pusher, make_target, make_transport, push, using


def test_a_plan_is_followed_and_its_last_step_stays(push_service: PushService):
    subscription = push_service.subscribe()
    push_service.answer(subscription, Behaviour(status=503, times=2), Behaviour(status=429), Behaviour())

    async def push_six(transport) -> list[int | None]:
        pusher = make_pusher(push_service, transport)
        return [(await pusher.push(make_target(subscription), make_message())).status for _ in range(6)]

    assert using(make_transport(push_service), push_six) == [503, 503, 429, 201, 201, 201]


def test_a_subscription_comes_before_its_host_and_the_host_before_all(push_service: PushService):
    special, here, there = (
        push_service.subscribe(host) for host in push_service.hosts[:1] * 2 + push_service.hosts[1:2]
    )
    push_service.answer("*", status=500)
    push_service.answer(push_service.hosts[0], status=404)
    push_service.answer(special, status=413)

    statuses = [push(push_service, make_target(target), make_message()).status for target in (special, here, there)]

    assert statuses == [413, 404, 500]


def test_it_forgets_between_tests(push_service: PushService):
    subscription = push_service.subscribe()
    push_service.answer(status=500)
    push(push_service, make_target(subscription), make_message())

    push_service.reset()

    assert (push_service.total(), push_service.counts(), push_service.connections()) == (0, {}, 0)
    assert push(push_service, make_target(subscription), make_message()).status == 201


def test_it_waits_for_requests_that_are_still_to_come(push_service: PushService):
    subscription = push_service.subscribe()

    with pytest.raises(AssertionError, match="0 of 1 requests"):
        push_service.wait_for(1, subscription, timeout=0.1)
    push(push_service, make_target(subscription), make_message())

    assert len(push_service.wait_for(1, subscription)) == 1


def test_what_it_received_can_be_asked_for_after_its_end(tmp_path: Path):
    with PushService(tmp_path) as service:
        subscription = service.subscribe()
        push(service, make_target(subscription), make_message(b"last words"))
        service.stop()

        assert [received.decrypt() for received in service.received(subscription)] == [b"last words"]


def test_it_stands_hundreds_of_connections_at_once(push_service: PushService):
    subscriptions = [push_service.subscribe(push_service.hosts[number % 4]) for number in range(300)]
    push_service.answer(delay=0.5)

    async def push_all(transport) -> list[int | None]:
        pusher = make_pusher(push_service, transport)
        answers = await asyncio.gather(*(pusher.push(make_target(each), make_message()) for each in subscriptions))
        return [answer.status for answer in answers]

    started = time.monotonic()
    statuses = using(make_transport(push_service, connect_timeout=20), push_all)

    assert statuses == [201] * 300
    assert push_service.connections() == 300
    assert push_service.counts() == {subscription.token: 1 for subscription in subscriptions}
    assert time.monotonic() - started < 20
