"""Inviting to a campaign: by its link, which owners can change, or by invitations that run out."""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from campaigns.admin.access import organiser_of, owns
from campaigns.admin.inviting.kit import Kit, kit_of_campaign
from campaigns.admin.inviting.views import KitViews
from campaigns.models import Act, AuditEntry, Campaign, Invitation, Visibility
from campaigns.models.invitation import MOST_USES

DAYS = (1, 3, 7, 14, 30)
USUAL_DAYS = 7

if TYPE_CHECKING:
    InvitationModelForm = forms.ModelForm[Invitation]
else:
    InvitationModelForm = forms.ModelForm


class InvitationForm(InvitationModelForm):
    """``nonce`` comes with the page: sent twice, the form makes one invitation."""

    nonce = forms.RegexField(r"^[\w-]{16,64}$", widget=forms.HiddenInput)
    uses = forms.IntegerField(
        label=gettext_lazy("How many people may use it"),
        help_text=gettext_lazy("One for a person, more for a meeting. It says of nobody whether they used it."),
        min_value=1,
        max_value=MOST_USES,
        initial=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Valid for"),
        coerce=int,
        choices=[(days, ngettext_lazy("%(n)d day", "%(n)d days", days) % {"n": days}) for days in DAYS],
        initial=USUAL_DAYS,
    )

    class Meta:
        """Its label is the organisers' own."""

        model = Invitation
        fields = ("label",)


class CampaignInvitingViews(KitViews):
    """A campaign's: the kit, its link, its invitations."""

    kit_template = "admin/campaigns/inviting/campaign.html"

    def get_urls(self) -> list[URLPattern]:
        """Beside the kit's own."""
        wrap, name = self.admin_site.admin_view, "campaigns_campaign"
        return [
            path("<int:pk>/inviting/change-link/", wrap(self.change_link_view), name=f"{name}_change_link"),
            path("<int:pk>/inviting/invitations/", wrap(self.invite_view), name=f"{name}_invite"),
            path(
                "<int:pk>/inviting/invitations/<int:invitation_pk>/revoke/",
                wrap(self.revoke_view),
                name=f"{name}_revoke_invitation",
            ),
            *super().get_urls(),
        ]

    def kit_of(self, row: Campaign) -> Kit:
        """As it is now."""
        return kit_of_campaign(row)

    def inviting_context(self, request: HttpRequest, row: Campaign) -> dict[str, Any]:
        """And who may come in."""
        now = timezone.now()
        invitations = [(one, one.state_at(now)) for one in row.invitations.all()]
        return {
            **super().inviting_context(request, row),
            "by_invitation": row.visibility == Visibility.INVITATION,
            "by_link": row.visibility == Visibility.LINK,
            "owns": owns(request, row),
            "invitations": invitations,
            "form": InvitationForm(initial={"nonce": secrets.token_urlsafe()}),
            "zone": row.time_zone,
        }

    def change_link_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A new link; the old one dies. Owners only. A GET changes nothing."""
        campaign = self.row_or_404(request, pk)
        if request.method == "POST":
            if not owns(request, campaign):
                raise PermissionDenied
            if _replace_link(campaign, request):
                messages.success(request, _("There is a new link. The old one opens nothing any more."))
            else:
                messages.info(request, _("The link was changed already."))
        return self._to_page(pk)

    def invite_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Makes an invitation and shows it, once."""
        campaign = self.row_or_404(request, pk)
        if request.method != "POST" or campaign.visibility == Visibility.PUBLIC:
            return self._to_page(pk)
        form = InvitationForm(request.POST)
        context = self.inviting_context(request, campaign)
        if not form.is_valid():
            return render(request, self.kit_template, {**context, "form": form}, status=200)
        code = Invitation.objects.make(
            campaign,
            uses=form.cleaned_data["uses"],
            expires_at=timezone.now() + timedelta(days=form.cleaned_data["days"]),
            label=form.cleaned_data["label"],
            nonce=form.cleaned_data["nonce"],
            by=organiser_of(request),
        )
        made = Invitation.objects.of_code(code).get()
        context |= {"kit": kit_of_campaign(campaign, code), "invitation": made, "title": _("Invitation")}
        return render(request, "admin/campaigns/inviting/made.html", context)

    def revoke_view(self, request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
        """It opens nothing any more. A GET changes nothing."""
        campaign = self.row_or_404(request, pk)
        invitation = get_object_or_404(Invitation, pk=invitation_pk, campaign=campaign)
        if request.method == "POST":
            invitation.revoke(organiser_of(request))
            messages.success(request, _("“%(name)s” is revoked.") % {"name": invitation})
        return self._to_page(pk)

    def _to_page(self, pk: int) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:campaigns_campaign_inviting", args=[pk]))


def _replace_link(campaign: Campaign, request: HttpRequest) -> bool:
    with transaction.atomic():
        replaced = campaign.change_link(request.POST.get("link_digest", ""))
        if replaced:
            by = organiser_of(request)
            AuditEntry.objects.note(Act.LINK_REPLACED, campaign=campaign, by=by, about=campaign)
    return replaced
