"""Which addresses may be connected to, and that every look-up is checked."""

import asyncio

import pytest

from mobilise.webpush.addresses import AddressRefused, GuardedResolver, is_public
from mobilise.webpush.endpoints import EndpointPolicy
from tests.push_service.senders import LeadsTo

HOST = "fcm.googleapis.com"


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "142.250.179.74", "17.57.146.20", "100.63.255.255", "100.128.0.0", "172.32.0.1", "2a00:1450::200a"],
)
def test_it_takes_addresses_of_the_open_internet(address: str):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - an address to refuse, nothing listens here
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.8.8.8",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%2",
        "fec0::1",
        "ff02::1",
        "",
        "localhost",
        "2130706433",
        "127.1",
    ],
)
def test_it_refuses_addresses_that_lead_inside(address: str):
    assert not is_public(address)


def resolve(resolver: GuardedResolver, host: str = HOST, port: int = 443) -> list[str]:
    return [address for address, _ in asyncio.run(resolver.resolve(host, port))]


def test_private_addresses_are_taken_out_of_an_answer():
    resolver = GuardedResolver(EndpointPolicy([]), 5, LeadsTo(["10.0.0.1", "8.8.8.8", "::1"]))

    assert resolve(resolver) == ["8.8.8.8"]


def test_an_answer_that_changes_leads_nowhere():
    dns = LeadsTo(["8.8.8.8"])
    resolver = GuardedResolver(EndpointPolicy([]), 5, dns)
    assert resolve(resolver) == ["8.8.8.8"]

    dns.addresses = ["127.0.0.1"]

    with pytest.raises(AddressRefused):
        resolve(resolver)


def test_a_host_that_the_operator_listed_may_be_anywhere_on_its_port_only():
    resolver = GuardedResolver(EndpointPolicy(["push.home.example:8443"]), 5, LeadsTo(["192.168.1.5"]))

    assert resolve(resolver, "push.home.example", 8443) == ["192.168.1.5"]
    with pytest.raises(AddressRefused):
        resolve(resolver, "push.home.example", 443)


def test_a_look_up_that_takes_too_long_is_given_up():
    class Slow(LeadsTo):
        async def __call__(self, host, port):
            await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        resolve(GuardedResolver(EndpointPolicy([]), 0.05, Slow([])))
