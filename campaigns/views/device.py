"""The device itself: made, changed, erased, verified. Here, as its follows and its parts belong to campaigns."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import (
    device_or_none,
    drop_device_cookie,
    prolong_device_cookie,
    set_device_cookie,
    today,
)
from accounts.models import Device, Subscription
from accounts.permissions import SameOrigin
from accounts.serializers.device import DeviceInput, DevicePatchInput
from accounts.serializers.subscription import VerificationInput
from accounts.throttling import throttle_request
from accounts.views.base import ApiView, DeviceView
from campaigns.models import Follow, Outcome, Participation
from campaigns.own_data.erasing import erase_device
from campaigns.serializers.device import DeviceOutput
from mobilise.errors import Conflict
from mobilise.schema import DEVICE_OPTIONAL, errors


class DevicesView(ApiView):
    """Where devices begin."""

    @extend_schema(
        operation_id="makeDevice",
        tags=["device"],
        request=DeviceInput,
        responses={200: DeviceOutput, 201: DeviceOutput, **errors(400, 403, 429)},
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Makes an anonymous device and its cookie (201). With a cookie that is valid: the same device again (200)."""
        given = DeviceInput(data=request.data)
        given.is_valid(raise_exception=True)
        known = device_or_none(request)
        if known:
            response = _describe(known)
            prolong_device_cookie(request, response)
            return response
        throttle_request("make_device", request)
        device, cookie = Device.objects.make(**given.validated_data, today=today())
        response = _describe(device, status=201)
        set_device_cookie(response, cookie)
        return response


class ThisDeviceView(DeviceView):
    """The device that calls."""

    throttle_scope = "settings"

    def get_permissions(self) -> Sequence[Any]:
        """Whoever is no device (any more) may still be erased."""
        return [SameOrigin()] if self.request.method == "DELETE" else super().get_permissions()

    @extend_schema(operation_id="device", tags=["device"], responses={200: DeviceOutput, **errors(401)})
    def get(self, request: Request) -> Response:
        """Its settings, its subscription's state, what it follows."""
        return _describe(self.device)

    @extend_schema(
        operation_id="patchDevice",
        tags=["device"],
        request=DevicePatchInput,
        responses={200: DeviceOutput, **errors(400, 401, 403, 429)},
    )
    def patch(self, request: Request) -> Response:
        """Changes what is given."""
        given = DevicePatchInput(data=request.data)
        given.is_valid(raise_exception=True)
        for name, value in given.validated_data.items():
            setattr(self.device, name, value)
        if given.validated_data:
            self.device.save(update_fields=list(given.validated_data))
        response = _describe(self.device)
        if given.validated_data.get("keep_cards") is False:
            # What was seen goes from the browser's own cache too.
            response["Clear-Site-Data"] = '"cache"'
        return response

    @extend_schema(
        operation_id="eraseDevice", tags=["device"], responses={204: None, **errors(403, 429)}, auth=DEVICE_OPTIONAL
    )
    def delete(self, request: Request) -> Response:
        """Erases everything of this device, and of the browser. Counts stay; nothing links them to it any more.

        204 also when there is no such device (any more): an answer may have been lost on its way, and the browser is
        to be cleared all the same.
        """
        device = device_or_none(request)
        if device is not None:
            erase_device(device)
        response = Response(status=204)
        drop_device_cookie(response)
        return response


class VerificationOutput(serializers.Serializer[dict[str, bool]]):
    """It is proved that pushes reach this device."""

    verified = serializers.BooleanField()


class VerificationView(DeviceView):
    """The nonce that came by push."""

    throttle_scope = "verify"

    @extend_schema(
        operation_id="verifySubscription",
        tags=["device"],
        request=VerificationInput,
        responses={200: VerificationOutput, **errors(400, 401, 403, 409, 429)},
    )
    def post(self, request: Request) -> Response:
        """Takes the nonce: what this device takes part in counts from now on. 409 `no_subscription`."""
        given = VerificationInput(data=request.data)
        given.is_valid(raise_exception=True)
        subscription = Subscription.objects.filter(device=self.device).first()
        if subscription is None:
            raise Conflict("This device has no subscription.", code="no_subscription")
        now = timezone.now()
        if subscription.verify(given.validated_data["nonce"], now):
            Participation.objects.count_verified(self.device, now)
            Outcome.objects.count_verified(self.device, now)
        elif not subscription.verified:
            raise serializers.ValidationError({"nonce": ["This is not the nonce of the last verification."]})
        return Response(VerificationOutput({"verified": True}).data)


def with_follows(device: Device) -> Device:
    """The device as DeviceOutput shows it."""
    follows = Follow.objects.select_related("campaign").filter(campaign__published=True).order_by("campaign__slug")
    prefetch_related_objects([device], Prefetch("follows", follows))
    return device


def _describe(device: Device, status: int = 200) -> Response:
    return Response(DeviceOutput(with_follows(device)).data, status=status)
