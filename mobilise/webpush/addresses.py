"""Which network addresses may be connected to: a name on the allow-list must not lead inside."""

import asyncio
import ipaddress
import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from mobilise.webpush.endpoints import EndpointPolicy

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


class GuardedResolver(AbstractResolver):
    """Hands on only public addresses, at each look-up anew, so that a changed DNS answer leads nowhere.

    aiohttp connects to what its resolver said and to nothing else. Hosts that the operator listed may be anywhere.
    """

    def __init__(self, inner: AbstractResolver, policy: EndpointPolicy, timeout: float) -> None:
        """`timeout`: seconds for one look-up."""
        self._inner = inner
        self._policy = policy
        self._timeout = timeout

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of `host` that may be connected to. Raises AddressRefused when there is none."""
        async with asyncio.timeout(self._timeout):
            found = await self._inner.resolve(host, port, family)
        if self._policy.lists(host, port):
            return found
        allowed = [result for result in found if is_public(result["host"])]
        if not allowed:
            raise AddressRefused("no public address")
        return allowed

    async def close(self) -> None:
        """Closes the resolver inside."""
        await self._inner.close()
