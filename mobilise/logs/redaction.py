"""The last line of defence: takes out of a text what looks like an address, a token, an endpoint.

Nothing of ours writes such a thing. Libraries may, and people make mistakes.
"""

import ipaddress
import re

# A token that is shorter can be guessed; longer words are rare.
TOKEN_LENGTH = 20

_URL = re.compile(
    r"\b(?P<scheme>[a-z][a-z0-9+.-]*://)(?:[^\s/?#@'\"<>]*@)?(?P<host>[^\s/?#'\"<>]*)(?P<rest>[^\s'\"<>]*)", re.I
)
_EMAIL = re.compile(r"[^\s@<>\"(),;:=/]+@[^\s@<>'\"(),;:=/]+\.[^\s@<>'\"(),;:=/.]+")
_NAMED = re.compile(
    r"\b(?P<name>pass(?:word|wd)?|secret|token|nonce|cookie|authorization|auth|p256dh)(?P<is>['\"]?\s*[=:]\s*)(?:bearer\s+|basic\s+)?[^\s,;)}\]]+",
    re.I,
)
_IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w])")
_IPV6 = re.compile(r"(?<![\w:.])[0-9a-f]*:[0-9a-f:]*:[0-9a-f:.]*(?![\w:])", re.I)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
_LONG = re.compile(rf"[A-Za-z0-9+/=_-]{{{TOKEN_LENGTH},}}")
_SEPARATORS = re.compile(r"[+/=_-]+")
# What the names of programs are made of: words in one case, CamelCase, small numbers. Chance seldom makes all of a
# token look so.
_LOWER, _UPPER = re.compile(r"[a-z]+\d{0,3}"), re.compile(r"[A-Z]+\d{0,3}")
_CAMEL, _HUMP = re.compile(r"(?:[A-Z]{1,5}[a-z]{2,})+"), re.compile(r"[A-Z]+[a-z]+")
_NUMBER, _VOWEL = re.compile(r"\d{1,4}"), re.compile(r"[aeiouy]", re.I)
_HUMP_LENGTH = 5  # on average


def redact(text: str) -> str:
    """The text without: what follows the host in a URL, users and passwords, e-mail and IP addresses, long tokens."""
    text = _URL.sub(_redact_url, text)
    text = _EMAIL.sub("[e-mail]", text)
    text = _NAMED.sub(r"\g<name>\g<is>[secret]", text)
    text = _IPV4.sub("[address]", _IPV6.sub(_redact_address, text))
    return _LONG.sub(_redact_token, text)


def _redact_url(match: re.Match[str]) -> str:
    return match["scheme"] + match["host"] + ("/…" if match["rest"].strip("/") else match["rest"])


def _redact_address(match: re.Match[str]) -> str:
    """Hours and slices have colons too."""
    text = match[0].rstrip(".")
    for candidate in (text, text.removesuffix(":")):
        try:
            ipaddress.IPv6Address(candidate)
        except ValueError:
            continue
        return "[address]" + match[0][len(candidate) :]
    return match[0]


def _redact_token(match: re.Match[str]) -> str:
    text = match[0]
    return text if _UUID.fullmatch(text) or _is_name(text) else "[token]"


def _is_name(text: str) -> bool:
    parts = [part for part in _SEPARATORS.split(text) if part and not _NUMBER.fullmatch(part)]
    return any(all(fits(part) for part in parts) for fits in (_LOWER.fullmatch, _UPPER.fullmatch, _is_camel))


def _is_camel(part: str) -> bool:
    humps = _HUMP.findall(part)
    spoken = all(_VOWEL.search(hump) for hump in humps)
    return bool(_CAMEL.fullmatch(part)) and spoken and len(part) >= _HUMP_LENGTH * len(humps)
