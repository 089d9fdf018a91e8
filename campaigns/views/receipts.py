"""What phones report of an alert."""

from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import SameOrigin
from campaigns.models import Canary, Receipt, ReceiptEvent
from campaigns.receipts import check_receipt
from campaigns.serializers.participation import ReceiptInput
from mobilise.schema import errors

# One for all requests: to make one copies all of its fields.
GIVEN = ReceiptInput()


class ReceiptView(APIView):
    """A receipt. No cookie is read: the nonce is enough, and names nobody."""

    permission_classes = [SameOrigin]

    @extend_schema(
        operation_id="receipt",
        tags=["alerts"],
        request=ReceiptInput,
        responses={204: None, **errors(400, 403, 404)},
        auth=[],
    )
    def post(self, request: Request, alert: UUID) -> Response:
        """Counts once that the alert was shown, opened, or could not be shown; a repeat changes nothing.

        The message of the operator's own check is reported like an alert.
        """
        given = GIVEN.run_validation(request.data)
        event, nonce = given["event"], check_receipt(alert, given["nonce"])
        if nonce is None:
            # The same whether there is such an alert or not: nobody is to find out by asking.
            raise serializers.ValidationError({"nonce": ["This nonce did not come with this alert."]})
        if Receipt.objects.record(alert, event, nonce) is None:
            if not Canary.objects.filter(message=alert).exists():
                raise Http404
            if event == ReceiptEvent.SHOWN:
                Canary.objects.receive(alert, timezone.now())
        return Response(status=204)
