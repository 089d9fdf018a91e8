"""Connections: shared, limited, ended by cancellation, one pool for each event loop."""

import asyncio
import time

import pytest

from mobilise.webpush.answers import Answer
from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService
from tests.push_service.senders import make_transport, post, post_each, using


def test_a_connection_whose_body_was_not_read_to_its_end_is_not_used_again(push_service: PushService):
    subscription = push_service.subscribe()
    push_service.answer(subscription, Behaviour(body_size=3_000_000), Behaviour())

    statuses = using(make_transport(push_service), lambda it: post_each(it, [subscription.endpoint] * 2))

    assert statuses == [201, 201]
    assert push_service.connections() == 2


def test_requests_to_a_host_share_a_connection(push_service: PushService):
    endpoints = [push_service.subscribe().endpoint for _ in range(5)]

    using(make_transport(push_service), lambda it: post_each(it, endpoints))

    assert push_service.total() == 5
    assert push_service.connections() == 1
    assert len({request.connection for request in push_service.received()}) == 1


def test_a_connection_is_kept_after_an_answer_with_a_body(push_service: PushService):
    endpoints = [push_service.subscribe().endpoint for _ in range(3)]
    push_service.answer(status=410, body_size=2000)

    using(make_transport(push_service), lambda it: post_each(it, endpoints))

    assert push_service.connections() == 1


def test_a_host_gets_no_more_connections_than_allowed(push_service: PushService):
    push_service.answer(delay=0.1)
    endpoints = [push_service.subscribe().endpoint for _ in range(12)]

    async def post_all(transport) -> list[Answer]:
        return await asyncio.gather(*(transport.post(endpoint, {}, b"x") for endpoint in endpoints))

    answers = using(make_transport(push_service, per_host=3), post_all)

    assert [answer.status for answer in answers] == [201] * 12
    assert push_service.peak(push_service.hosts[0]) == 3
    assert push_service.connections() == 3


def test_a_request_whose_turn_comes_too_late_is_not_written(push_service: PushService):
    push_service.answer("*", Behaviour(delay=0.5), Behaviour())
    endpoints = [push_service.subscribe().endpoint for _ in range(4)]

    async def post_all(transport) -> list[Answer]:
        until = time.monotonic() + 0.1
        late = [transport.post(endpoint, {}, b"x", queue_until=until) for endpoint in endpoints[1:3]]
        answers = await asyncio.gather(transport.post(endpoints[0], {}, b"x"), *late)
        return [*answers, await transport.post(endpoints[3], {}, b"x", queue_until=0)]

    answers = using(make_transport(push_service, per_host=1), post_all)

    # The last one does not wait: it finds the connection free.
    assert [answer.word for answer in answers] == ["201", "unsent", "unsent", "201"]
    assert [f"https://{one.host}{one.path}" for one in push_service.received()] == [endpoints[0], endpoints[3]]
    assert push_service.connections() == 1


def test_a_slow_host_does_not_hold_up_another(push_service: PushService):
    slow, fast = push_service.hosts[0], push_service.hosts[1]
    push_service.answer(slow, delay=25)
    slow_ones = [push_service.subscribe(slow).endpoint for _ in range(10)]
    fast_one = push_service.subscribe(fast).endpoint

    async def race(transport) -> Answer:
        waiting = [asyncio.ensure_future(transport.post(endpoint, {}, b"x")) for endpoint in slow_ones]
        await asyncio.sleep(0.1)
        answer: Answer = await transport.post(fast_one, {}, b"x")
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return answer

    answer = using(make_transport(push_service, per_host=2), race)

    assert answer.status == 201
    assert answer.elapsed < 15


def test_the_path_is_sent_as_it_was_given(push_service: PushService):
    path = "/push/a%2Fb%7e%41/../c;d=e:f@g,h?token=A%2bB%2f==&x=[1]|2"

    post(make_transport(push_service), f"https://{push_service.hosts[0]}{path}")

    assert push_service.received()[0].path == path


def test_cancellation_passes_through_and_ends_the_request(push_service: PushService):
    subscription = push_service.subscribe()
    push_service.answer(subscription, hang=True)

    async def cancel(transport) -> float:
        task = asyncio.ensure_future(transport.post(subscription.endpoint, {}, b"x"))
        await asyncio.to_thread(push_service.wait_for, 1, subscription)
        started = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return time.monotonic() - started

    assert using(make_transport(push_service), cancel) < 10


def test_one_transport_serves_one_event_loop_after_another(push_service: PushService):
    transport = make_transport(push_service)
    endpoint = push_service.subscribe().endpoint

    # The first loop ends without a close, as a crashed worker's does.
    assert asyncio.run(transport.post(endpoint, {}, b"x")).status == 201
    assert using(transport, lambda it: post_each(it, [endpoint])) == [201]
    assert push_service.connections() == 2
