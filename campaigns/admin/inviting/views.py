"""The pages of the relay kit: the kit itself, its QR code as a file, and a poster to be printed."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.admin.inviting.kit import Kit, kit_of_action
from campaigns.models import Action
from mobilise.drawing.qr import qr_code_file

if TYPE_CHECKING:
    from campaigns.admin.base import OrganiserPage as Inner
else:
    Inner = object


class KitViews(Inner):
    """Below a row's own address: what is not the organiser's is not found."""

    kit_template: str

    def get_urls(self) -> list[URLPattern]:
        """Before Django's own."""
        wrap, name = self.admin_site.admin_view, f"campaigns_{self.opts.model_name}_inviting"
        return [
            path("<int:pk>/inviting/", wrap(self.inviting_view), name=name),
            path("<int:pk>/inviting/qr.svg", wrap(self.qr_view), name=f"{name}_qr"),
            path("<int:pk>/inviting/print/", wrap(self.print_view), name=f"{name}_print"),
            *super().get_urls(),
        ]

    def row_or_404(self, request: HttpRequest, pk: int) -> Any:
        """What is invited to."""
        return get_object_or_404(self.get_queryset(request), pk=pk)

    def kit_of(self, row: Any) -> Kit:
        """Its kit."""
        raise NotImplementedError

    def inviting_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What all these pages show."""
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "row": row,
            "kit": self.kit_of(row),
            "title": _("Inviting"),
            "subtitle": str(row),
        }

    def inviting_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Link, QR code, words, picture."""
        return render(request, self.kit_template, self.inviting_context(request, self.row_or_404(request, pk)))

    def print_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The poster."""
        context = self.inviting_context(request, self.row_or_404(request, pk))
        return render(request, "admin/campaigns/inviting/poster.html", context)

    def qr_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The QR code as a file."""
        kit = self.kit_of(self.row_or_404(request, pk))
        response = HttpResponse(qr_code_file(kit.link), content_type="image/svg+xml")
        response["Content-Disposition"] = f'attachment; filename="{kit.file_name}-qr.svg"'
        return response


class ActionInvitingViews(KitViews):
    """An action's."""

    kit_template = "admin/campaigns/inviting/action.html"

    def row_or_404(self, request: HttpRequest, pk: int) -> Any:
        """With its campaign."""
        return get_object_or_404(self.get_queryset(request).select_related("campaign"), pk=pk)

    def kit_of(self, row: Action) -> Kit:
        """As it is now."""
        return kit_of_action(row, timezone.now())
