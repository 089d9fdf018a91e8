"""What a device does with its own transfer codes; taking one over moves what campaigns know, and is there."""

from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import TransferCode
from accounts.serializers.transfer import IconTransferOutput, SealedInput, TransferOutput
from accounts.views.base import DeviceView
from mobilise.schema import errors


def useless() -> NotFound:
    """Wrong, used, too old, of another device: nothing says which."""
    return NotFound("This code is worth nothing: mistyped, used already, or older than a day.", code="transfer_useless")


class TransferView(DeviceView):
    """A code to be typed on another phone."""

    throttle_scope = "transfer"

    @extend_schema(
        operation_id="makeTransfer",
        tags=["transfer"],
        request=None,
        responses={201: TransferOutput, **errors(401, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        """Makes a code that works once, for a day. The one before it is worth nothing any more."""
        code, row = TransferCode.objects.make(self.device, timezone.now())
        return Response(TransferOutput({"code": code, "expires_at": row.expires_at}).data, status=201)

    @extend_schema(operation_id="revokeTransfers", tags=["transfer"], responses={204: None, **errors(401, 403, 429)})
    def delete(self, request: Request) -> Response:
        """All codes of this device are worth nothing any more, those of its icon too."""
        TransferCode.objects.revoke(self.device)
        return Response(status=204)


class IconTransferView(DeviceView):
    """A code for the icon that this page may become."""

    throttle_scope = "transfer"

    @extend_schema(
        operation_id="makeIconTransfer",
        tags=["transfer"],
        request=None,
        responses={201: IconTransferOutput, **errors(401, 403, 429)},
    )
    def post(self, request: Request) -> Response:
        """Makes a code that a manifest hands out, for an icon that has a memory of its own. Earlier ones still work."""
        token, code, row = TransferCode.objects.make_for_icon(self.device, timezone.now())
        query = urlencode({"lang": self.device.language, "icon": token})
        made: dict[str, Any] = {
            "code": code,
            "expires_at": row.expires_at,
            "manifest": f"/manifest.webmanifest?{query}",
        }
        return Response(IconTransferOutput(made).data, status=201)


class SealedView(DeviceView):
    """What goes along with a code, unread."""

    throttle_scope = "transfer"

    @extend_schema(
        operation_id="sealTransfer",
        tags=["transfer"],
        request=SealedInput,
        responses={204: None, **errors(400, 401, 403, 404, 429)},
    )
    def put(self, request: Request) -> Response:
        """Keeps what the phone encrypted with a code of its own. 404 `transfer_useless` for any other code."""
        given = SealedInput(data=request.data)
        given.is_valid(raise_exception=True)
        if not TransferCode.objects.seal(self.device, now=timezone.now(), **given.validated_data):
            raise useless()
        return Response(status=204)
