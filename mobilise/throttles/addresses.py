"""Whose address a request comes from: only the proxies that the operator trusts are believed about it."""

import ipaddress
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# A household has a whole /64 of IPv6.
IPV6_PREFIX = 64


def client_address(request: HttpRequest) -> str:
    """The nearest address that no trusted proxy has, as an IPv4 address or an IPv6 /64; "" when there is none."""
    return address_in(request.META)


def address_in(environ: Mapping[str, Any]) -> str:
    """The same of a request as the server gives it (PEP 3333)."""
    address = _parse(environ.get("REMOTE_ADDR", ""))
    forwarded = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    trusted = _networks(tuple(settings.TRUSTED_PROXIES))
    while address and forwarded and _is_trusted(address, trusted):
        said = _parse(forwarded.pop())
        if said is None:
            break
        address = said
    return _group(address) if address else ""


def _parse(text: str) -> Address | None:
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


@lru_cache(maxsize=8)
def _networks(proxies: Sequence[str]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(proxy.strip(), strict=False) for proxy in proxies if proxy.strip())


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _group(address: Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))
