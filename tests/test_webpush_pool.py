"""The pool's count stays right: after cancellations, failures and time-outs it still serves as many as it may."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from mobilise.webpush.addresses import Address
from mobilise.webpush.answers import Answer
from mobilise.webpush.transport import Transport
from tests.push_service.behaviours import Behaviour
from tests.push_service.client import PushService
from tests.push_service.senders import LeadsTo, make_transport, port_of, post, using

MOST = 3
STORM = 200


async def post_at_once(transport: Transport, endpoints: list[str]) -> list[Answer]:
    return await asyncio.gather(*(transport.post(endpoint, {}, b"x") for endpoint in endpoints))


def assert_it_still_serves(
    service: PushService, storm: Callable[[Transport], Awaitable[None]], **options: float
) -> None:
    """After the storm, so many requests at once as there may be, no fewer and no more, and nothing hangs."""

    async def run(transport: Transport) -> tuple[list[Answer], int]:
        await storm(transport)
        # In a thread: it asks by HTTP, and connections that end meanwhile are seen by the loop.
        await asyncio.to_thread(service.reset)
        await asyncio.to_thread(service.answer, delay=0.2)
        endpoints = [service.subscribe().endpoint for _ in range(4 * MOST)]
        answers = await post_at_once(transport, endpoints)
        pool = transport._pool(service.hosts[0])
        return answers, pool._open - len(pool._idle)

    answers, taken = using(make_transport(service, per_host=MOST, **options), run)
    assert [answer.status for answer in answers] == [201] * 4 * MOST
    assert service.peak(service.hosts[0]) == MOST
    assert taken == 0


def test_it_still_serves_as_many_after_a_storm_of_cancellations(push_service: PushService):
    dice = random.Random(1)  # noqa: S311  # chooses the moments
    push_service.answer(delay=0.02)
    endpoints = [push_service.subscribe().endpoint for _ in range(STORM)]

    async def cancel_at_any_moment(transport: Transport) -> None:
        tasks = [asyncio.ensure_future(transport.post(endpoint, {}, b"x")) for endpoint in endpoints]
        for task in tasks:
            # Some wait in line by then, some connect, some were answered.
            await asyncio.sleep(dice.choice([0, 0, 0, 0.002, 0.03]))
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert any(isinstance(one, asyncio.CancelledError) for one in ended)

    assert_it_still_serves(push_service, cancel_at_any_moment)


def test_it_still_serves_as_many_after_a_storm_while_nobody_answers(push_service: PushService):
    push_service.answer(hang=True)
    endpoints = [push_service.subscribe().endpoint for _ in range(STORM)]

    async def cancel_all_at_once(transport: Transport) -> None:
        for _ in range(3):
            tasks = [asyncio.ensure_future(transport.post(endpoint, {}, b"x")) for endpoint in endpoints]
            await asyncio.sleep(0.1)
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert all(isinstance(one, asyncio.CancelledError) for one in ended)

    assert_it_still_serves(push_service, cancel_all_at_once)


def test_it_still_serves_as_many_after_time_outs(push_service: PushService):
    push_service.answer(hang=True)
    endpoints = [push_service.subscribe().endpoint for _ in range(20)]

    async def wait_in_vain(transport: Transport) -> None:
        answers = await post_at_once(transport, endpoints)
        assert {answer.error for answer in answers} == {"timeout"}

    assert_it_still_serves(push_service, wait_in_vain, total_timeout=3.0)


@pytest.mark.parametrize(
    "behaviour",
    [Behaviour(reset=True), Behaviour(close=True), Behaviour(garbage=True), Behaviour(body_size=200_000)],
    ids=["reset", "close", "garbage", "huge"],
)
def test_it_still_serves_as_many_after_connections_that_ended(push_service: PushService, behaviour: Behaviour):
    push_service.answer("*", behaviour)
    endpoints = [push_service.subscribe().endpoint for _ in range(30)]

    async def suffer(transport: Transport) -> None:
        assert len(await post_at_once(transport, endpoints)) == 30

    assert_it_still_serves(push_service, suffer)


def test_it_still_serves_as_many_after_connections_that_were_never_made(push_service: PushService, closed_port: int):
    resolver = LeadsTo(["127.0.0.1"], closed_port)
    host = push_service.hosts[1]  # a name, so that it is looked up
    endpoints = [push_service.subscribe(host).endpoint for _ in range(30)]

    async def run_by_name(transport: Transport) -> tuple[set[str], list[Answer]]:
        refused = await post_at_once(transport, endpoints)
        resolver.port = port_of(host)
        transport._pool(host)._looked_up_at = float("-inf")  # its address is asked for anew
        return {answer.error for answer in refused}, await post_at_once(transport, endpoints[: 2 * MOST])

    errors, answers = using(make_transport(push_service, per_host=MOST, resolver=resolver), run_by_name)
    assert errors == {"connect"}
    assert [answer.status for answer in answers] == [201] * 2 * MOST


def test_it_does_not_wait_for_an_address_that_is_silent(push_service: PushService):
    silent, good = port_of(push_service.silent_host), port_of(push_service.hosts[0])

    async def two_addresses(host: str, port: int) -> list[Address]:
        return [("127.0.0.1", silent), ("127.0.0.1", good)]

    name = "localhost"
    transport = make_transport(push_service, extra_hosts=[name], resolver=two_addresses, total_timeout=3)

    async def post_some(it: Transport) -> list[int | None]:
        answers = await asyncio.gather(*(it.post(f"https://{name}/push/x", {}, b"x") for _ in range(5)))
        return [answer.status for answer in answers]

    statuses = using(transport, post_some)

    assert None not in statuses
    assert push_service.connections(push_service.hosts[0]) >= 1


def test_it_connects_to_an_address_of_ipv6_that_the_operator_listed(push_service: PushService):
    transport = make_transport(push_service, extra_hosts=[f"[::1]:{port_of(push_service.hosts[0])}"])

    answer = post(transport, f"https://[::1]:{port_of(push_service.hosts[0])}/x")

    # Nobody listens there: what counts is that it was tried.
    assert answer.error in ("connect", "reset", "tls")
