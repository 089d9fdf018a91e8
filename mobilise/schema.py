"""What the OpenAPI schema says of every call alike: the shape of errors, and which may come."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse

from mobilise.serializing import ErrorOutput

# Calls that need no device, and see more with one.
DEVICE_OPTIONAL: Any = [{}, {"device": []}]  # the library takes what its annotation does not say

_MEANINGS = {
    400: "`invalid`: some fields were refused, and `fields` says why; or the body could not be read",
    401: "`no_device`: no device's cookie came along",
    403: "`cross_origin`: the call did not come from a page of this site",
    404: "`not_found`: there is no such thing, or none that this device may know of",
    409: "the state of things refuses it: see the description for the codes",
    429: "`throttled`: too often; Retry-After says when again",
}


def errors(*statuses: int) -> dict[int, OpenApiResponse]:
    """The error responses of a call."""
    return {status: OpenApiResponse(ErrorOutput, _MEANINGS[status]) for status in statuses}
