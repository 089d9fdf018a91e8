"""Which endpoints may be kept and sent to: they come from strangers, and each is a request that this server makes."""

import ipaddress
import re
from collections.abc import Sequence

MAX_LENGTH = 2048
HTTPS_PORT = 443
MOST_REMEMBERED = 1024

PUSH_HOSTS = frozenset({"fcm.googleapis.com", "android.googleapis.com", "jmt17.google.com"})
# The dot is part of the suffix: evilpush.apple.com is not push.apple.com's.
PUSH_HOST_SUFFIXES = (".push.services.mozilla.com", ".notify.windows.com", ".push.apple.com")

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_PORT = re.compile(r"[1-9][0-9]{0,4}")
# Deliberately narrower than RFC 3986, and only the form that browsers give (scheme and host in lower case): what two
# parsers could read differently is refused before either reads it.
_ENDPOINT = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<authority>[^/?#]*)(?:[/?][!$-;=?-Z_a-z~\[\]|]*)?")

_REASONS = {
    "scheme": "a push endpoint must be https",
    "host": "this push service is not one that is known here",
    "port": "a push endpoint must use the port of https",
    "credentials": "a push endpoint must carry no user name or password",
    "address": "a push endpoint must name a host, not a network address",
    "malformed": "this is not the address of a push endpoint",
}


class EndpointRefused(ValueError):
    """An endpoint that must be neither kept nor sent to; the message never holds it."""

    def __init__(self, code: str) -> None:
        """`code`: one of "scheme", "host", "port", "credentials", "address", "malformed"."""
        super().__init__(_REASONS[code])
        self.code = code


class EndpointPolicy:
    """The allow-list of push services, and what the operator added to it."""

    def __init__(self, extra_hosts: Sequence[str]) -> None:
        """`extra_hosts`: each "host" (port 443) or "host:port", local ones too. Raises ValueError."""
        self._extra = frozenset(_parse_extra(entry) for entry in extra_hosts)
        # Of what was let through: one alert goes to a hundred thousand endpoints of a few hosts.
        self._admitted: dict[str, str] = {}

    def check(self, endpoint: str) -> str:
        """The endpoint's host, with ":port" when that is not 443. Raises EndpointRefused."""
        authority = _authority_of(endpoint)
        host = self._admitted.get(authority)
        if host is None:
            host = self._admit(authority)
            if len(self._admitted) >= MOST_REMEMBERED:
                self._admitted.clear()
            self._admitted[authority] = host
        return host

    def _admit(self, authority: str) -> str:
        host, port = _split_authority(authority)
        if not self.lists(host, port):
            if _is_address(host):
                raise EndpointRefused("address")
            if host not in PUSH_HOSTS and not host.endswith(PUSH_HOST_SUFFIXES):
                raise EndpointRefused("host")
            if port != HTTPS_PORT:
                raise EndpointRefused("port")
        return host if port == HTTPS_PORT else f"{host}:{port}"

    def lists(self, host: str, port: int) -> bool:
        """Whether the operator named exactly this host and port, which may then be a local one."""
        return (host, port) in self._extra


def _authority_of(endpoint: str) -> str:
    if len(endpoint) > MAX_LENGTH:
        raise EndpointRefused("malformed")
    parts = _ENDPOINT.fullmatch(endpoint)
    if parts is None:
        raise EndpointRefused("malformed")
    if parts["scheme"] != "https":
        raise EndpointRefused("scheme")
    if "@" in parts["authority"]:
        raise EndpointRefused("credentials")
    return parts["authority"]


def _split_authority(authority: str) -> tuple[str, int]:
    bracketed = re.fullmatch(r"(\[[0-9a-f:.]+\])(?::([^:]*))?", authority)
    host, separator, port = authority.partition(":")
    if bracketed:
        host, port, separator = bracketed[1], bracketed[2] or "", ":" if bracketed[2] is not None else ""
        _check_address(host)
    elif not _NAME.fullmatch(host):
        # A name with a last dot is the same host to DNS, but not to a list; browsers hand out none.
        raise EndpointRefused("host" if _NAME.fullmatch(host.removesuffix(".")) else "malformed")
    if not separator:
        return host, HTTPS_PORT
    if not _PORT.fullmatch(port) or int(port) > 65535:
        raise EndpointRefused("malformed")
    return host, int(port)


def _check_address(bracketed: str) -> None:
    try:
        ipaddress.IPv6Address(bracketed[1:-1])
    except ValueError:
        raise EndpointRefused("malformed") from None


def _is_address(host: str) -> bool:
    # What ends in a number is an IPv4 address to a URL parser, whatever its form: 127.1, 0x7f.1, 2130706433.
    return host.startswith("[") or bool(re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rpartition(".")[2]))


def _parse_extra(entry: str) -> tuple[str, int]:
    try:
        return _split_authority(entry.strip().lower())
    except EndpointRefused:
        raise ValueError(f"an extra push host must be host or host:port, not {entry!r}") from None
