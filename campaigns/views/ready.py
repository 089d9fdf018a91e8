"""Reading what is the same for everybody: bytes that are ready, and for closed campaigns a look at who asks."""

from collections.abc import Hashable
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.request import Request

from accounts.authentication import device_or_none
from accounts.models import Device
from accounts.views.base import ApiView
from campaigns.views.links import links_of
from mobilise.ready import Ready, ready_answers

PRIVATE = "private, no-store"


class ReadyView(ApiView):
    """GET of one thing: anybody's if it is public, else only for those who may see it, from the same bytes."""

    # How old the bytes may be; the browser may keep them for another second.
    seconds = 1.0

    def build(self, *, public: bool, **names: Any) -> Ready:
        """Reads the thing: among public ones only, or among all that are shown. Raises Http404."""
        raise NotImplementedError

    def may_see(self, device: Device | None, links: list[str], **names: Any) -> bool:
        """Whether this device, or whoever came by these links, may see a thing that is not public."""
        return False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Fresh public bytes go out at once: the rest of the way costs many times what they do."""
        if request.method == "GET":
            ready = ready_answers.fresh(self._key("public", kwargs), self.seconds)
            if ready:
                return self._respond_publicly(request, ready)
        return super().dispatch(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """Not before it matters: no cookie is read for what is public."""

    def read(self, request: Request, **names: Any) -> HttpResponseBase:
        """The answer to GET."""
        try:
            ready = ready_answers.get(
                self._key("public", names), lambda: self.build(public=True, **names), self.seconds
            )
        except Http404:
            return self._read_closed(request, names)
        return self._respond_publicly(request, ready)

    def _read_closed(self, request: Request, names: dict[str, Any]) -> HttpResponseBase:
        device, links = device_or_none(request), links_of(request)
        if not (device or links) or not self.may_see(device, links, **names):
            raise Http404
        ready = ready_answers.get(self._key("closed", names), lambda: self.build(public=False, **names), self.seconds)
        return ready.respond(request, PRIVATE)

    def _respond_publicly(self, request: HttpRequest | Request, ready: Ready) -> HttpResponseBase:
        response = ready.respond(request, "public, max-age=1")
        # nginx counts in whole seconds from when it got them, by max-age alone: bytes of a second's age would last
        # three. It takes this instead, and tells nobody.
        response["X-Accel-Expires"] = f"@{ready.last_second()}"
        response.fresh_until = ready.read_at + self.seconds
        return response

    def _key(self, audience: str, names: dict[str, Any]) -> Hashable:
        return (audience, type(self).__name__, *names.values())
