"""Stop everything: a page that says what it does, and one button. It asks for no second factor: seconds count."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from campaigns.admin.access import organiser_of, owns, roles_of
from campaigns.models import Alert, AlertState, Campaign, Role, Stopped, stop_everything

if TYPE_CHECKING:
    from campaigns.admin.base import OrganiserPage as Inner
else:
    Inner = object

MOVING = (AlertState.SENDING, AlertState.SCHEDULED, AlertState.AWAITING)


class StopViews(Inner):
    """Of one campaign, and of all that the organiser owns."""

    def get_urls(self) -> list[URLPattern]:
        """Two more."""
        wrap = self.admin_site.admin_view
        return [
            path("stop/", wrap(self.stop_all_view), name="stop_everything"),
            path("<int:pk>/stop/", wrap(self.stop_view), name="stop_campaign"),
            *super().get_urls(),
        ]

    def stop_all_view(self, request: HttpRequest) -> HttpResponse:
        """All campaigns that the organiser owns. Raises PermissionDenied for who owns none."""
        owned = [pk for pk, role in roles_of(request).items() if role == Role.OWNER]
        if not owned:
            raise PermissionDenied
        return self._stop(request, Campaign.objects.filter(pk__in=owned), reverse("admin:index"))

    def stop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One campaign. Raises PermissionDenied for its other organisers."""
        campaign = get_object_or_404(self.get_queryset(request), pk=pk)
        if not owns(request, campaign):
            raise PermissionDenied
        back = reverse("admin:campaigns_campaign_change", args=[pk])
        return self._stop(request, Campaign.objects.filter(pk=pk), back)

    def _stop(self, request: HttpRequest, campaigns: "QuerySet[Campaign]", back: str) -> HttpResponse:
        me = organiser_of(request)
        if request.method == "POST":
            stopped = stop_everything(campaigns, me)
            # Whoever pressed stays, in this session alone.
            update_session_auth_hash(request, me)
            _say(request, stopped)
            return HttpResponseRedirect(back)
        moving = Alert.objects.filter(action__campaign__in=campaigns, state__in=MOVING)
        others = User.objects.filter(memberships__campaign__in=campaigns).exclude(pk=me.pk).distinct()
        context = {
            **self.admin_site.each_context(request),
            "title": _("Stop everything"),
            "campaigns": campaigns,
            "alerts": moving.select_related("action__campaign"),
            "others": others.order_by("username"),
            "back": back,
        }
        return render(request, "admin/campaigns/stop.html", context)


def _say(request: HttpRequest, stopped: Stopped) -> None:
    paused, drafts, others = stopped.paused, stopped.taken_back, stopped.signed_out
    parts = [
        ngettext("%(n)d alert is paused", "%(n)d alerts are paused", paused) % {"n": paused},
        ngettext("%(n)d is a draft again", "%(n)d are drafts again", drafts) % {"n": drafts},
        ngettext("%(n)d other organiser is signed out", "%(n)d other organisers are signed out", others)
        % {"n": others},
    ]
    text = _("Everything is stopped: %(what)s. Nothing goes on by itself.") % {"what": ", ".join(parts)}
    messages.success(request, text)
