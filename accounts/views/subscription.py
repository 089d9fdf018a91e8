"""The device's Web Push subscription: given, changed, taken away, tried."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import prolong_device_cookie, today
from accounts.models import EndpointTaken, PushKeys, Subscription
from accounts.serializers.subscription import SubscriptionInput, SubscriptionOutput
from accounts.tasks import awaits_verification, enqueue_device_test, enqueue_verification
from accounts.throttling import throttle_endpoint
from accounts.views.base import DeviceView
from mobilise.errors import Conflict
from mobilise.schema import errors
from mobilise.serializing import Moment


class SubscriptionView(DeviceView):
    """The subscription of this device."""

    throttle_scope = "subscribe"

    @extend_schema(
        operation_id="putSubscription",
        tags=["device"],
        request=SubscriptionInput,
        responses={200: SubscriptionOutput, 201: SubscriptionOutput, **errors(400, 401, 403, 409, 429)},
    )
    def put(self, request: Request) -> Response:
        """Takes the browser's subscription as it is. The same again changes nothing (200); 409 `endpoint_taken`.

        A subscription that is not verified gets a verification push, at most one a minute. One that has come to too
        many devices today comes to no other one before tomorrow: 429 `endpoint_moved_often`.
        """
        given = SubscriptionInput(data=request.data)
        given.is_valid(raise_exception=True)
        renewal = given.validated_data.pop("renewal")
        before = Subscription.objects.filter(device=self.device).first()
        try:
            row = self._register(before, **given.validated_data)
        except EndpointTaken as error:
            raise Conflict("Another device has this endpoint.", code="endpoint_taken") from error
        if awaits_verification(row):
            enqueue_verification(self.device, renewal=renewal)
        same = before is not None and bytes(before.blob) == bytes(row.blob)
        response = Response(SubscriptionOutput(row).data, status=200 if same else 201)
        prolong_device_cookie(request, response)
        return response

    def _register(self, before: Subscription | None, *, keys: PushKeys, **more: Any) -> Subscription:
        """Counts an endpoint that comes to this device. Raises EndpointTaken; TooSoon, and nothing has changed."""
        with transaction.atomic():
            row = Subscription.objects.register(self.device, keys=keys, **more, today=today())
            # Only now: who does not have its keys uses up nothing of it.
            if before is None or not before.is_at(keys.endpoint):
                throttle_endpoint(keys.endpoint)
        return row

    @extend_schema(operation_id="deleteSubscription", tags=["device"], responses={204: None, **errors(401, 403, 429)})
    def delete(self, request: Request) -> Response:
        """Forgets the subscription: no alert comes any more."""
        Subscription.objects.filter(device=self.device).delete()
        return Response(status=204)


class AcceptedOutput(serializers.Serializer[Any]):
    """It is on its way; the message that arrives carries the same `id`."""

    accepted_at = Moment()
    id = serializers.UUIDField()


class TestAlertView(DeviceView):
    """A test alert for this device."""

    throttle_scope = "test_alert"

    @extend_schema(
        operation_id="sendTestAlert",
        tags=["device"],
        request=None,
        responses={202: AcceptedOutput, **errors(401, 403, 409, 429)},
    )
    def post(self, request: Request) -> Response:
        """Pushes a test alert to this device; 409 `no_subscription` when it has none."""
        subscription = Subscription.objects.filter(device=self.device).first()
        if subscription is None:
            raise Conflict("This device has no subscription.", code="no_subscription")
        with transaction.atomic():
            test = subscription.begin_test()
            enqueue_device_test(self.device, test)
        return Response(AcceptedOutput({"accepted_at": timezone.now(), "id": test}).data, status=202)
