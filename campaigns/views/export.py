"""A device's own data."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.views.base import DeviceView
from campaigns.own_data.export import export_device
from campaigns.serializers.export import ExportOutput
from mobilise.schema import errors


class ExportView(DeviceView):
    """All that is kept about the device that calls."""

    @extend_schema(operation_id="exportDevice", tags=["device"], responses={200: ExportOutput, **errors(401)})
    def get(self, request: Request) -> Response:
        """Every row about this device, and what is left out of them with the reason. No endpoint, no key, no secret."""
        # The rows hold only what JSON can say (days, hours, UUIDs): the renderer writes them.
        response = Response(export_device(self.device, timezone.now()))
        response["Cache-Control"] = "private, no-store"
        return response
