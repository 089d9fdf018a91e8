"""What machines ask about this one: is it ready, and how is it."""

import hmac
import ipaddress
import logging
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from campaigns.watching.metrics import CONTENT_TYPE, exposition
from campaigns.watching.readiness import look

logger = logging.getLogger(__name__)

# What this process has last logged as not working.
_said: dict[str, list[str]] = {"ailing": []}
NO_STORE = {"Cache-Control": "no-store"}
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Host", "X-Forwarded-Proto", "Via")


def readyz(request: HttpRequest) -> HttpResponse:
    """One line for the whole, one for each part; 200 when all of them work, else 503."""
    parts = look(timezone.now())
    ready = all(part.works for part in parts)
    lines = ["ready" if ready else "not ready", *(str(part) if part.works else f"{part} (!)" for part in parts)]
    text = "\n".join(lines) + "\n"
    _log_change([part.name for part in parts if not part.works])
    status = 200 if ready else 503
    response = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=NO_STORE)
    # Else Django logs an error each time that somebody asks.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


def _log_change(ailing: list[str]) -> None:
    """One line when parts stop working, one when all work again; by process."""
    if ailing != _said["ailing"]:
        _said["ailing"] = ailing
        if ailing:
            logger.error("not ready: %s", ", ".join(ailing))
        else:
            logger.warning("ready again")


def metrics(request: HttpRequest) -> HttpResponse:
    """For Prometheus, in its text format; for everybody else there is nothing here."""
    if request.method not in ("GET", "HEAD") or not may_read_metrics(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE, headers=NO_STORE)


def may_read_metrics(request: HttpRequest) -> bool:
    """Whoever brings METRICS_TOKEN; without one, whoever is on this very machine and speaks for nobody else.

    A proxy that says nothing of whom it speaks for (an onion service, forwarded packets) is on this machine too: what
    comes through it asks for a name of the site, not for this machine.
    """
    if settings.METRICS_TOKEN:
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        given = given.strip()
        return scheme.lower() == "bearer" and hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    forwarded = any(name in request.headers for name in FORWARDED)
    return not forwarded and _is_loopback(request.META.get("REMOTE_ADDR", "")) and _asks_for_loopback(request)


def _asks_for_loopback(request: HttpRequest) -> bool:
    name = urlsplit(f"//{request.get_host()}").hostname or ""
    return name == "localhost" or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
