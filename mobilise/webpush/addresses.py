"""Which network addresses may be connected to: a name on the allow-list must not lead inside."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable

from mobilise.webpush.endpoints import EndpointPolicy

Address = tuple[str, int]
LookUp = Callable[[str, int], Awaitable[list[Address]]]

# The special-purpose registries of IANA (RFC 6890), written out: what Python counts as private varies by release.
_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the clouds' metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
    )
)
# All other IPv6 is special: loopback, IPv4-mapped, NAT64 (64:ff9b::/96), unique local, link-local, multicast.
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(
    ipaddress.IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "3fff::/20",
    )
)


class AddressRefused(OSError):
    """A name led to no address that may be connected to."""


def is_public(address: str) -> bool:
    """Whether this IP address, as text, belongs to the open internet."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _NOT_PUBLIC_4)
    return parsed in _GLOBAL_UNICAST and not any(parsed in network for network in _NOT_PUBLIC_6)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def look_up(host: str, port: int) -> list[Address]:
    """The system's answer for a name. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(result[4][0]), int(result[4][1])) for result in found]


class GuardedResolver:
    """Hands on only public addresses, at each look-up anew, so that a changed DNS answer leads nowhere.

    Connections are made to what it said and to nothing else. Hosts that the operator listed may be anywhere.
    """

    def __init__(self, policy: EndpointPolicy, timeout: float, inner: LookUp = look_up) -> None:
        """`timeout`: seconds for one look-up. `inner`: how names are looked up."""
        self._policy = policy
        self._timeout = timeout
        self._inner = inner

    async def resolve(self, host: str, port: int) -> list[Address]:
        """The addresses of `host`, as the policy writes it, that may be connected to.

        Raises AddressRefused when there is none, OSError.
        """
        literal = host.strip("[]")
        if _is_literal(literal):
            found = [(literal, port)]
        else:
            async with asyncio.timeout(self._timeout):
                found = await self._inner(host, port)
        if self._policy.lists(host, port):
            return found
        allowed = [address for address in found if is_public(address[0])]
        if not allowed:
            raise AddressRefused("no public address")
        return allowed
