"""The addresses of an action's recap, and of its campaign's."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.confirming import sensitive
from campaigns.admin.access import organiser_of
from campaigns.admin.recap import figures
from campaigns.admin.recap.export import answer, rows_of_action, rows_of_campaign
from campaigns.admin.recap.recap import campaign_recap_of, recap_of
from campaigns.models import Act, Action, AuditEntry, Campaign, Figure

if TYPE_CHECKING:
    from campaigns.admin.actions.buttons import ButtonViews as Inner
    from campaigns.admin.base import OrganiserPage
else:
    Inner = OrganiserPage = object


class RecapViews(Inner):
    """Below an action's own address."""

    def get_urls(self) -> list[URLPattern]:
        """Four more."""
        wrap, name = self.admin_site.admin_view, f"campaigns_{self.opts.model_name}"
        figure = "<int:pk>/recap/figures/<int:figure_pk>/"
        return [
            path("<int:pk>/recap/", wrap(self.recap_view), name=f"{name}_recap"),
            path("<int:pk>/recap/export/", wrap(sensitive(self.export_view)), name=f"{name}_export"),
            path(figure, wrap(self.figure_view), name=f"{name}_figure"),
            path(f"{figure}remove/", wrap(self.remove_figure_view), name=f"{name}_remove_figure"),
            *super().get_urls(),
        ]

    def recap_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The recap; a POST adds a figure."""
        action: Action = self.action_or_404(request, pk)
        with timezone.override(action.zone):
            form = figures.form_for(request, action)
            if request.method == "POST" and form.is_valid():
                figures.add(request, form)
                return self._recap_of(pk)
            context = {
                **self._recap_context(request, action),
                "form": form,
                "title": _("Recap"),
                "subtitle": str(action),
            }
            context["recap"] = recap_of(action, timezone.now(), _language())
            return render(request, "admin/campaigns/recap/action.html", context)

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The recap as a file. A GET leads to the page."""
        action: Action = self.action_or_404(request, pk)
        if request.method != "POST":
            return self._recap_of(pk)
        recap = recap_of(action, timezone.now(), _language())
        action.note(Act.EXPORTED, organiser_of(request))
        return answer(rows_of_action(recap, _language()), f"{action.campaign.slug}-{action.pk}")

    def figure_view(self, request: HttpRequest, pk: int, figure_pk: int) -> HttpResponse:
        """Changes a figure."""
        action: Action = self.action_or_404(request, pk)
        figure = get_object_or_404(Figure, pk=figure_pk, action_id=action.pk)
        figure.action = action
        with timezone.override(action.zone):
            form = figures.form_for(request, action, figure)
            if request.method == "POST" and form.is_valid():
                figures.change(request, form)
                return self._recap_of(pk)
            context = {**self._recap_context(request, action), "form": form, "title": _("Change a figure")}
            return render(request, "admin/campaigns/recap/figure.html", {**context, "subtitle": str(figure)})

    def remove_figure_view(self, request: HttpRequest, pk: int, figure_pk: int) -> HttpResponse:
        """Removes a figure. A GET changes nothing."""
        action: Action = self.action_or_404(request, pk)
        if request.method == "POST":
            figures.remove(request, action, figure_pk)
        return self._recap_of(pk)

    def _recap_context(self, request: HttpRequest, action: Action) -> dict[str, Any]:
        zone = timezone.get_current_timezone_name()
        return {**self.admin_site.each_context(request), "opts": self.opts, "action": action, "zone": zone}

    def _recap_of(self, pk: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:campaigns_{self.opts.model_name}_recap", args=[pk]))


class CampaignRecapViews(OrganiserPage):
    """Below a campaign's own address."""

    def get_urls(self) -> list[URLPattern]:
        """Two more."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/recap/", wrap(self.recap_view), name="campaigns_campaign_recap"),
            path("<int:pk>/recap/export/", wrap(sensitive(self.export_view)), name="campaigns_campaign_export"),
            *super().get_urls(),
        ]

    def recap_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All its actions, and what they add up to."""
        campaign = self._campaign_or_404(request, pk)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "campaign": campaign}
        with timezone.override(campaign.time_zone):
            context |= {"recap": campaign_recap_of(campaign, timezone.now()), "zone": campaign.time_zone}
            context |= {"title": _("Recap"), "subtitle": str(campaign)}
            return render(request, "admin/campaigns/recap/campaign.html", context)

    def export_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The recap as a file. A GET leads to the page."""
        campaign = self._campaign_or_404(request, pk)
        if request.method != "POST":
            return HttpResponseRedirect(reverse("admin:campaigns_campaign_recap", args=[pk]))
        AuditEntry.objects.note(Act.EXPORTED, campaign=campaign, by=organiser_of(request))
        rows = rows_of_campaign(campaign_recap_of(campaign, timezone.now()), _language())
        return answer(rows, campaign.slug)

    def _campaign_or_404(self, request: HttpRequest, pk: int) -> Campaign:
        campaign: Campaign = get_object_or_404(self.get_queryset(request), pk=pk)
        return campaign


def _language() -> str:
    return get_language() or ""
