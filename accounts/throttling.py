"""The limits of a view: by the device that calls it, and by its address."""

from typing import Any

from rest_framework.exceptions import Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts.authentication import device_or_none
from mobilise.errors import TooSoon
from mobilise.fields import index_digest
from mobilise.throttles.addresses import client_address
from mobilise.throttles.limits import throttle
from mobilise.webpush.destination import destination


class ScopedThrottle(BaseThrottle):
    """Counts calls that change something, under the view's `throttle_scope` if it has one."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """True, or Throttled."""
        if view.throttle_scope and request.method not in SAFE_METHODS:
            view.hits_of_address = throttle_request(view.throttle_scope, request)
        return True


def throttle_request(scope: str, request: Request) -> int:
    """Counts this request; how many there were of its address in this window. Raises Throttled over a limit."""
    device = device_or_none(request)
    return throttle(scope, device=device.uuid.hex if device else "", address=client_address(request))


def throttle_endpoint(endpoint: str) -> None:
    """Counts one more device that this endpoint has come to. Raises TooSoon over the limit, until the next day.

    However it is written: a query that its service does not look at makes no other one of it. Else one real
    subscription, moved from device to device, would verify as many as it likes, and each stays counted.
    """
    try:
        leads_to = index_digest("endpoint_destination", destination(endpoint).encode())
        throttle("take_endpoint", device=leads_to.hex(), address="")
    except Throttled as error:
        detail = "This browser's alerts have come to too many devices today. Try again tomorrow."
        wait: int = error.wait  # type: ignore[attr-defined]  # its stubs forget it
        raise TooSoon(detail, code="endpoint_moved_often", wait=wait) from error
