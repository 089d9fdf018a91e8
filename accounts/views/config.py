"""What the app needs to know before anything else."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.pusher import vapid_keys
from mobilise.serializing import Moment


class ConfigOutput(serializers.Serializer[Any]):
    """The site, its languages, its push key (base64url, 65 bytes), its clock."""

    site_name = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField())
    vapid_public_key = serializers.CharField()
    version = serializers.CharField()
    # Where the code is to be had; "" when the operator has not said it.
    source_url = serializers.CharField(allow_blank=True)
    server_time = Moment()
    consent_version = serializers.IntegerField()
    # The oldest version whose agreement still covers alerts: a follow with an older one gets none.
    consent_valid_from = serializers.IntegerField()
    # For so many days after its end it is known which device took part in an action.
    retention_days = serializers.IntegerField()
    # A device that has not come for so many days is erased.
    device_days = serializers.IntegerField()


class ConfigView(APIView):
    """The site's settings."""

    @extend_schema(operation_id="config", responses=ConfigOutput, tags=["site"], auth=[])
    def get(self, request: Request) -> Response:
        """Says how this site is set up, and what time it is."""
        values = {
            "site_name": settings.SITE_NAME,
            "languages": [code for code, _ in settings.LANGUAGES],
            "vapid_public_key": vapid_keys()[0].public_key,
            "version": settings.VERSION,
            "source_url": settings.SOURCE_URL,
            "server_time": timezone.now(),
            "consent_version": settings.CONSENT_VERSION,
            "consent_valid_from": settings.CONSENT_VALID_FROM,
            "retention_days": settings.RETENTION_DAYS,
            "device_days": settings.DEVICE_DAYS,
        }
        return Response(ConfigOutput(values).data)
