"""A transfer code is entered on the phone that is to have everything."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import prolong_device_cookie
from accounts.models import CodeUseless, DeviceGone, OwnCode
from accounts.serializers.transfer import TakeOverInput
from accounts.views.base import DeviceView
from accounts.views.transfer import useless
from campaigns.moving import take_over
from campaigns.serializers.device import DeviceOutput
from campaigns.views.device import with_follows
from mobilise.errors import Conflict, NoDevice
from mobilise.schema import errors


class TakeOverOutput(serializers.Serializer[Any]):
    """The device as it is now. `sealed`: what the old phone encrypted with the code, or null."""

    device = DeviceOutput()
    sealed = serializers.CharField(allow_null=True)


class TakeOverView(DeviceView):
    """Another device's things become this device's."""

    throttle_scope = "take_over"

    @extend_schema(
        operation_id="takeOver",
        tags=["transfer"],
        request=TakeOverInput,
        responses={200: TakeOverOutput, **errors(400, 401, 403, 404, 409, 429)},
    )
    def post(self, request: Request) -> Response:
        """Takes over follows, parts, settings, calls. What both had is there once. The other device is no more.

        404 `transfer_useless` for a code that is wrong, used or too old; 409 `own_code` on the phone that made it. The
        same device that has taken it gets the same answer for an hour.
        """
        given = TakeOverInput(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            device, sealed = take_over(given.validated_data["code"], self.device, timezone.now())
        except CodeUseless:
            raise useless() from None
        except OwnCode:
            raise Conflict("This code was made on this very phone.", code="own_code") from None
        except DeviceGone:
            raise NoDevice from None
        result = {"device": with_follows(device), "sealed": sealed or None}
        response = Response(TakeOverOutput(result).data)
        prolong_device_cookie(request, response)
        return response
