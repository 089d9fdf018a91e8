"""A picture that an organiser uploaded: anybody's if its action is public, else for those who may see the action."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from accounts.authentication import device_or_none
from accounts.views.base import ApiView
from campaigns.models import Picture
from campaigns.pictures import respond
from campaigns.rules import shows_too_early
from campaigns.views.links import links_of
from campaigns.views.ready import PRIVATE
from mobilise.schema import DEVICE_OPTIONAL, errors

# It never changes, but its action may be closed or taken back meanwhile.
PUBLIC = "public, max-age=600"


class PictureView(ApiView):
    """One picture."""

    def perform_authentication(self, request: Request) -> None:
        """Not before it matters: no cookie is read for what is public."""

    @extend_schema(
        operation_id="picture",
        tags=["actions"],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY, **errors(404)},
        auth=DEVICE_OPTIONAL,
    )
    def get(self, request: Request, picture: UUID) -> HttpResponse:
        """A picture of a public action, or of one of a campaign that this device follows or has the link of. ETag."""
        found = Picture.objects.described().filter(uuid=picture).select_related("action__hashtagpush")
        public = found.public().first()
        if public and _is_kept_back(public):
            raise Http404
        if public:
            return respond(request, public.uuid, public.read, PUBLIC)
        device, links = device_or_none(request), links_of(request)
        closed = found.visible_to(device, links).first() if device or links else None
        if closed is None or _is_kept_back(closed):
            raise Http404
        return respond(request, closed.uuid, closed.read, PRIVATE)


def _is_kept_back(picture: Picture) -> bool:
    """What is to be relayed comes with the hashtag, not before it."""
    return picture.medium_id is not None and shows_too_early(picture.action, timezone.now())
