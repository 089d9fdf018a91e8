"""Whether alerts reach the device that asks, as far as the server can tell."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Subscription
from accounts.serializers.subscription import SubscriptionOutput
from accounts.views.base import DeviceView
from campaigns.models import PushHost
from mobilise.schema import errors

# What became of a test alert, in the order in which a phone sees it.
ANSWERS = ("waiting", "accepted", "later", "refused")
_WORDS = {"": "waiting", "accepted": "accepted", "retry": "later"}


class SubscriptionReachOutput(SubscriptionOutput):
    """What is known of a subscription: days only, and nothing that could be sent to."""

    made_on = serializers.DateField()
    verified_on = serializers.DateField(allow_null=True)
    service_paused = serializers.SerializerMethodField()
    test = serializers.UUIDField(allow_null=True)
    test_answer = serializers.SerializerMethodField()

    def get_service_paused(self, subscription: Subscription) -> bool:
        """The push service of this browser refuses us for now: what is sent waits."""
        return PushHost.objects.paused().filter(host=subscription.host).exists()

    @extend_schema_field(serializers.ChoiceField(ANSWERS))
    def get_test_answer(self, subscription: Subscription) -> str:
        """What the push service said of `test`."""
        return _WORDS.get(subscription.test_answer, "refused")


class ReachOutput(serializers.Serializer[Any]):
    """The device's subscription as the server has it; null when it has none, or a push service said that it is gone."""

    subscription = SubscriptionReachOutput(allow_null=True)


class ReachView(DeviceView):
    """What the server knows of the way to this device."""

    @extend_schema(operation_id="reach", tags=["device"], responses={200: ReachOutput, **errors(401)})
    def get(self, request: Request) -> Response:
        """Says whether the server has a subscription, whether it is verified, and what became of the last test."""
        subscription = Subscription.objects.filter(device=self.device).first()
        return Response(ReachOutput({"subscription": subscription}).data)
