"""Pushing a message: what arrives at the push service, and what never leaves."""

import base64
import dataclasses
import json
import time
from typing import Any

import pytest
from http_ece import ECEException
from py_vapid import Vapid01

from mobilise.webpush.answers import Outcome, classify
from mobilise.webpush.pusher import MAX_MESSAGE, Message, MessageTooLong, Target
from mobilise.webpush.vapid import VapidKey
from tests.push_service.client import PushService
from tests.push_service.senders import (
    KEY,
    SUBJECT,
    make_message,
    make_pusher,
    make_target,
    make_transport,
    push,
    using,
)

TOPIC = base64.urlsafe_b64encode(bytes(range(16))).rstrip(b"=").decode()


def test_the_browser_reads_what_was_sent(push_service: PushService):
    subscription = push_service.subscribe()

    answer = push(push_service, make_target(subscription), make_message('{"title":"À 18 h"}'.encode()))

    assert answer.status == 201
    assert [received.json() for received in push_service.received(subscription)] == [{"title": "À 18 h"}]


def test_only_its_own_subscription_reads_a_message(push_service: PushService):
    subscription, other = push_service.subscribe(), push_service.subscribe()
    push(push_service, make_target(subscription), make_message())
    body = push_service.received(subscription)[0].body

    with pytest.raises(ECEException, match="InvalidTag"):
        other.decrypt(body)


def test_the_headers_are_those_of_rfc_8030(push_service: PushService):
    subscription = push_service.subscribe()

    push(push_service, make_target(subscription), make_message(ttl=7200, urgency="high", topic=TOPIC))

    received = push_service.received(subscription)[0]
    headers = dict(received.headers)
    assert headers.pop("authorization").startswith("vapid t=")
    assert headers == {
        "host": push_service.hosts[0],
        "ttl": "7200",
        "urgency": "high",
        "topic": TOPIC,
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "content-length": str(len(received.body)),
    }


def test_a_message_without_topic_has_no_such_header(push_service: PushService):
    subscription = push_service.subscribe()

    push(push_service, make_target(subscription), make_message(topic=None))

    assert "topic" not in push_service.received(subscription)[0].headers


@pytest.mark.parametrize("number", [0, 1])
def test_the_vapid_header_is_valid_where_it_arrives(push_service: PushService, number: int):
    host = push_service.hosts[number]
    subscription = push_service.subscribe(host)
    before = time.time()

    push(push_service, make_target(subscription), make_message())

    scheme, token, key = push_service.received(subscription)[0].headers["authorization"].split(" ")
    token = token.removeprefix("t=").removesuffix(",")
    claims = decode_json(token.split(".")[1])
    assert (scheme, key) == ("vapid", f"k={KEY.public_key}")
    assert Vapid01.verify(KEY.public_key, f"vapid {token}") is True
    assert (claims["aud"], claims["sub"]) == (f"https://{host}", SUBJECT)
    assert claims["exp"] - before == pytest.approx(12 * 3600, abs=5)


def decode_json(part: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return value


def test_messages_to_one_host_carry_the_same_vapid_header(push_service: PushService):
    subscriptions = [push_service.subscribe() for _ in range(3)]

    async def push_all(transport) -> None:
        pusher = make_pusher(push_service, transport)
        for subscription in subscriptions:
            await pusher.push(make_target(subscription), make_message())

    using(make_transport(push_service), push_all)

    received = push_service.received()
    assert len(received) == 3
    assert len({request.headers["authorization"] for request in received}) == 1
    assert len({request.body for request in received}) == 3


def test_a_gone_subscription_is_told_from_the_answer(push_service: PushService):
    subscription = push_service.subscribe()
    push_service.answer(subscription, status=410)

    answer = push(push_service, make_target(subscription), make_message())

    assert classify(answer, push_service.hosts[0]) is Outcome.GONE


def broken_targets(service: PushService) -> dict[str, Target]:
    good = make_target(service.subscribe())
    return {
        # With broken keys as well: a refused endpoint must not cost an encryption.
        "endpoint": dataclasses.replace(good, endpoint=f"{good.endpoint}#fragment", p256dh=bytes(65)),
        "keys": dataclasses.replace(good, p256dh=bytes(65)),
        "vapid": dataclasses.replace(good, vapid_fingerprint=VapidKey.generate().fingerprint),
    }


@pytest.mark.parametrize("error", ["endpoint", "keys", "vapid"])
def test_what_is_wrong_with_the_target_is_an_answer(push_service: PushService, error: str):
    target = broken_targets(push_service)[error]

    answer = push(push_service, target, make_message())

    assert (answer.status, answer.error) == (None, error)
    assert classify(answer, push_service.hosts[0]) is Outcome.REFUSED
    assert push_service.connections() == 0


def test_the_longest_message_is_taken_and_a_longer_one_is_not(push_service: PushService):
    subscription = push_service.subscribe()
    longest = make_message(bytes(MAX_MESSAGE))

    assert push(push_service, make_target(subscription), longest).status == 201
    assert push_service.received(subscription)[0].decrypt() == longest.body
    with pytest.raises(MessageTooLong, match="2601"):
        make_message(bytes(MAX_MESSAGE + 1))


@pytest.mark.parametrize("ttl", [0, -1])
def test_a_message_without_time_left_is_none(ttl: int):
    with pytest.raises(ValueError, match="ttl"):
        make_message(ttl=ttl)


@pytest.mark.parametrize("urgency", ["", "urgent", "HIGH", "high\r\nX: y"])
def test_only_the_four_urgencies_exist(urgency: str):
    with pytest.raises(ValueError, match="urgency"):
        make_message(urgency=urgency)


@pytest.mark.parametrize(
    "topic", ["", "a" * 33, "a b", "a=", "a/b", "é", "a\n", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"]
)
def test_a_topic_is_at_most_32_characters_of_base64url(topic: str):
    with pytest.raises(ValueError, match="topic"):
        make_message(topic=topic)


def test_neither_endpoint_nor_text_shows_in_a_repr(push_service: PushService):
    target = make_target(push_service.subscribe(name="secret-token"))
    message = Message(b"secret text", 60, "high", TOPIC)

    assert "secret" not in repr(target)
    assert "secret" not in repr(message)
