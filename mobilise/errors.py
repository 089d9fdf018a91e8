"""What a call of the API can be refused with, beside what the framework has."""

from rest_framework import exceptions, status


class Conflict(exceptions.APIException):
    """409: the request is well-formed and the state of things refuses it."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    default_detail = "This is not possible now."


class NoDevice(exceptions.APIException):
    """401: the call needs a device and none came with it (DRF's own classes would say 403)."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_code = "no_device"
    default_detail = "This needs a device: POST /api/v1/devices makes one."
    auth_header = 'Cookie realm="device"'


class Refused(exceptions.APIException):
    """403 with a code of its own."""

    status_code = status.HTTP_403_FORBIDDEN
    default_code = "refused"
    default_detail = "This is not allowed."


class TooSoon(exceptions.APIException):
    """429 with a code of its own; ``wait`` in seconds goes out as Retry-After."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "too_soon"
    default_detail = "Not yet."

    def __init__(self, detail: str, *, code: str, wait: int) -> None:
        self.wait = wait
        super().__init__(detail, code)


class TooLarge(exceptions.APIException):
    """413: more bytes than any call of this API needs."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "The body is too large."


class ServerError(exceptions.APIException):
    """500: our fault."""

    default_code = "server_error"
    default_detail = "Something went wrong here."
