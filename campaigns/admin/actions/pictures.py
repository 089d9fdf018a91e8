"""The pictures of an action, for the organisers who are about to publish it."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from campaigns.models import Picture
from campaigns.pictures import respond

if TYPE_CHECKING:
    from campaigns.admin.actions.buttons import ButtonViews as Inner
else:
    Inner = object


class PictureViews(Inner):
    """One address, below the action's own: what is not the organiser's is not found."""

    def get_urls(self) -> list[URLPattern]:
        """One more."""
        view, name = self.admin_site.admin_view(self.picture_view), f"campaigns_{self.opts.model_name}_picture"
        return [path("<int:pk>/pictures/<uuid:picture>/", view, name=name), *super().get_urls()]

    def picture_view(self, request: HttpRequest, pk: int, picture: UUID) -> HttpResponse:
        """The picture, drafts included."""
        action = self.action_or_404(request, pk)
        found = get_object_or_404(Picture.objects.described(), uuid=picture, action_id=action.pk)
        return respond(request, found.uuid, found.read, "private, max-age=600")
