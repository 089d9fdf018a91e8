"""Who organises a campaign, for its owners: roles, leaving, and invitations. All of it asks for the second factor."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.confirming import sensitive
from campaigns.admin.access import forget_roles, has_role, organiser_of, owns
from campaigns.admin.explain import REFUSALS, explain
from campaigns.models import Campaign, GuardedChange, Membership, OrganiserInvitation, Role, change_role
from campaigns.models import remove_organiser as remove
from campaigns.models.organiser_invitation import LIFETIME
from mobilise.drawing.qr import draw_qr_code

if TYPE_CHECKING:
    from campaigns.admin.base import OrganiserPage as Inner
else:
    Inner = object


class OrganiserViews(Inner):
    """The page and its buttons, below the campaign's address."""

    def get_urls(self) -> list[URLPattern]:
        """Four more."""
        return [
            self._below("", self.organisers_view, "organisers"),
            self._below("<int:member_pk>/role/", self.role_view, "organiser_role"),
            self._below("<int:member_pk>/remove/", self.remove_view, "organiser_remove"),
            self._below("invitations/<int:organiser_invitation_pk>/revoke/", self.uninvite_view, "organiser_revoke"),
            *super().get_urls(),
        ]

    def _below(self, route: str, view: Any, name: str) -> URLPattern:
        wrapped = self.admin_site.admin_view(sensitive(view))
        return path(f"<int:pk>/organisers/{route}", wrapped, name=f"campaigns_campaign_{name}")

    def organisers_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; a POST invites, and shows link and code this once."""
        campaign = self._owned_or_404(request, pk)
        context: dict[str, Any] = {}
        role = request.POST.get("role", "")
        if request.method == "POST" and role in Role.values:
            code = OrganiserInvitation.objects.make(campaign, role, organiser_of(request), timezone.now())
            link = f"{settings.SITE_URL}{reverse('join_as_organiser', args=[code])}"
            context = {"link": link, "qr_code": draw_qr_code(link), "invited_as": Role(role).label}
        context |= {**self.admin_site.each_context(request), **_context(request, campaign)}
        return render(request, "admin/campaigns/organisers.html", context)

    def role_view(self, request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
        """Gives an organiser another role."""
        member = self._member_or_404(request, pk, member_pk)
        role = request.POST.get("role", "")
        if request.method == "POST" and role in Role.values:
            done = _("%(name)s has another role now.") % {"name": member.user}
            self._try(request, done, lambda: change_role(member, role, organiser_of(request)))
        return self._back(pk)

    def remove_view(self, request: HttpRequest, pk: int, member_pk: int) -> HttpResponse:
        """Ends an organiser's part."""
        member = self._member_or_404(request, pk, member_pk)
        if request.method == "POST":
            done = _("%(name)s is no organiser of this campaign any more.") % {"name": member.user}
            self._try(request, done, lambda: remove(member, organiser_of(request)))
            forget_roles(request)
        # Whoever has just left finds nothing there any more.
        return self._back(pk) if has_role(request, pk) else HttpResponseRedirect(reverse("admin:index"))

    def uninvite_view(self, request: HttpRequest, pk: int, organiser_invitation_pk: int) -> HttpResponse:
        """Takes an invitation back; one that is gone already is what was wanted."""
        campaign = self._owned_or_404(request, pk)
        invitation = OrganiserInvitation.objects.filter(campaign=campaign, pk=organiser_invitation_pk).first()
        if request.method == "POST":
            if invitation:
                invitation.revoke(organiser_of(request))
            messages.success(request, _("The invitation is revoked."))
        return self._back(pk)

    def _owned_or_404(self, request: HttpRequest, pk: int) -> Campaign:
        """Raises PermissionDenied for the campaign's other organisers."""
        campaign: Campaign = get_object_or_404(self.get_queryset(request), pk=pk)
        if not owns(request, campaign):
            raise PermissionDenied
        return campaign

    def _member_or_404(self, request: HttpRequest, pk: int, member_pk: int) -> Membership:
        return get_object_or_404(Membership, pk=member_pk, campaign=self._owned_or_404(request, pk))

    def _try(self, request: HttpRequest, done: str, act: Any) -> None:
        try:
            waiting: GuardedChange | None = act()
        except REFUSALS as error:
            messages.error(request, explain(error))
            return
        if waiting:
            say_waiting(request, waiting)
        else:
            messages.success(request, done)

    def _back(self, pk: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:campaigns_campaign_organisers", args=[pk]))


def say_waiting(request: HttpRequest, change: GuardedChange) -> None:
    """Says that a change waits."""
    text = _("A second person has to confirm this on the campaign's page: %(change)s.") % {"change": change}
    messages.warning(request, text)


def _context(request: HttpRequest, campaign: Campaign) -> dict[str, Any]:
    invitations = OrganiserInvitation.objects.filter(campaign=campaign).open_at(timezone.now())
    members = campaign.memberships.select_related("user").order_by("role", "user__username")
    return {
        "campaign": campaign,
        "title": _("Organisers"),
        "subtitle": str(campaign),
        "members": members,
        "roles": Role.choices,
        "me": organiser_of(request),
        "waiting": campaign.guarded_changes.select_related("membership__user", "proposed_by"),
        "invitations": invitations.select_related("made_by"),
        "days": LIFETIME.days,
    }
