"""What the views of the API are made of."""

from rest_framework.views import APIView

from accounts.authentication import DeviceCookieAuthentication, device_of
from accounts.models import Device
from accounts.permissions import IsDevice, SameOrigin
from accounts.throttling import ScopedThrottle


class ApiView(APIView):
    """A call that anybody may make; a device's cookie is read if it comes."""

    authentication_classes = [DeviceCookieAuthentication]
    permission_classes = [SameOrigin]
    throttle_classes = [ScopedThrottle]
    throttle_scope = ""
    # How many calls of this scope the caller's address has made in this window, this one among them.
    hits_of_address = 0


class DeviceView(ApiView):
    """A call that needs a device."""

    permission_classes = [SameOrigin, IsDevice]

    @property
    def device(self) -> Device:
        """The device that calls."""
        return device_of(self.request)
