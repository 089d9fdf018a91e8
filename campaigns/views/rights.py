"""The rights sheet: the same bytes for everybody, kept by every phone."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from campaigns.serializers.rights import RightsOutput
from mobilise.ready import Ready
from mobilise.rights import Sheet

# A correction reaches a phone with the next look at it after so many seconds.
CACHED = "public, max-age=600"


class RightsView(APIView):
    """Of this site's country."""

    @extend_schema(operation_id="rights", responses=RightsOutput, tags=["site"], auth=[])
    def get(self, request: Request) -> HttpResponse:
        """The rights sheet, all its languages inside. Information, not legal advice. ETag."""
        return ready_sheet(settings.RIGHTS).respond(request, CACHED)


@lru_cache(maxsize=2)
def ready_sheet(sheet: Sheet) -> Ready:
    """Its bytes."""
    return Ready.from_json(RightsOutput(sheet).data)
