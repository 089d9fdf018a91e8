"""The audit log of a campaign, for its owners: to be read, by time, all acts or one kind of them."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.admin.access import owns
from campaigns.models import Act, AuditEntry, Campaign

if TYPE_CHECKING:
    from campaigns.admin.base import OrganiserPage as Inner
else:
    Inner = object

PER_PAGE = 50


class AuditViews(Inner):
    """The address of the log, below the campaign's."""

    def get_urls(self) -> list[URLPattern]:
        """One more."""
        view = self.admin_site.admin_view(self.audit_view)
        return [path("<int:pk>/audit/", view, name="campaigns_campaign_audit"), *super().get_urls()]

    def audit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The log. Raises PermissionDenied for those who do not own the campaign."""
        campaign = get_object_or_404(self.get_queryset(request), pk=pk)
        if not owns(request, campaign):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts, **_context(request, campaign)}
        with timezone.override(campaign.time_zone):
            return render(request, "admin/campaigns/audit.html", context)


def _context(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    act = request.GET.get("act", "")
    entries = AuditEntry.objects.filter(campaign=campaign)
    # Only what happened is offered: a filter that finds nothing is of no use.
    noted = set(entries.order_by().values_list("act", flat=True).distinct())
    if act in Act.values:
        entries = entries.filter(act=act)
    return {
        "campaign": campaign,
        "title": _("Audit log"),
        "subtitle": str(campaign),
        "acts": [(value, label) for value, label in Act.choices if value in noted],
        "act": act,
        "page": Paginator(entries, PER_PAGE).get_page(request.GET.get("page")),
        "filtered": urlencode({"act": act}) if act in Act.values else "",
        "days": settings.AUDIT_DAYS,
        "zone": campaign.time_zone,
    }
