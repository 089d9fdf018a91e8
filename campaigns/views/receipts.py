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
from campaigns.models import Alert, Canary, Receipt, ReceiptEvent
from campaigns.receipts import check_receipt
from campaigns.serializers.participation import ReceiptInput
from mobilise.schema import errors


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
        given = ReceiptInput(data=request.data)
        given.is_valid(raise_exception=True)
        event = given.validated_data["event"]
        found = Alert.objects.filter(uuid=alert).only("pk").first()
        if found is None and not Canary.objects.filter(message=alert).exists():
            raise Http404
        nonce = check_receipt(alert, given.validated_data["nonce"])
        if nonce is None:
            raise serializers.ValidationError({"nonce": ["This nonce did not come with this alert."]})
        if found:
            Receipt.objects.record(found, event, nonce)
        elif event == ReceiptEvent.SHOWN:
            Canary.objects.receive(alert, timezone.now())
        return Response(status=204)
