"""To which subscription an endpoint leads, however its address is written.

Browsers hand out one address for each subscription, but push services look at a part of it alone:

- Mozilla: ``https://updates.push.services.mozilla.com/wpush/v2/TOKEN``
- Google: ``https://fcm.googleapis.com/fcm/send/TOKEN``, or ``/wp/TOKEN``, or under an older host
- Apple: ``https://web.push.apple.com/TOKEN``
- Windows: ``https://wns2-par02p.notify.windows.com/w/?token=TOKEN``, encoded in lower or upper case

Nothing is sent to what this gives: the endpoint itself stays as the browser gave it.
"""

import posixpath
import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from mobilise.webpush.endpoints import HTTPS_PORT, PUSH_HOST_SUFFIXES, PUSH_HOSTS

WINDOWS = ".notify.windows.com"


def destination(endpoint: str) -> str:
    """The same for all addresses of one subscription; ``endpoint`` is one that EndpointPolicy let through."""
    parts = urlsplit(endpoint)
    service = _service_of(parts.hostname or "")
    if service is None or parts.port not in (None, HTTPS_PORT):
        # An operator's own service: what of its addresses matters is not known.
        return endpoint
    tokens = _in_query(parts) if service == WINDOWS else _in_path(parts)
    if len(tokens) > 1:
        # No browser hands out such a one. Which of them counts is not known: all of these share one limit.
        return service
    return f"{service} {tokens[0]}" if tokens and tokens[0] else endpoint


def _service_of(host: str) -> str | None:
    if host in PUSH_HOSTS:
        return "google"
    return next((suffix for suffix in PUSH_HOST_SUFFIXES if host.endswith(suffix)), None)


def _in_query(parts: SplitResult) -> list[str]:
    return [_evened_out(value) for name, value in parse_qsl(parts.query) if name.lower() == "token"]


def _in_path(parts: SplitResult) -> list[str]:
    segments = posixpath.normpath(unquote(parts.path)).split("/")
    return [_evened_out(segments[-1].partition(";")[0])]


def _evened_out(token: str) -> str:
    """What readers of base64 take for the same: both alphabets, padding or none, blanks between."""
    return re.sub(r"[^A-Za-z0-9+/]", "", token.replace("-", "+").replace("_", "/"))
