"""What an invited organiser opens: make an account or sign in, then take the place."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.new_account import NewAccountForm, sign_in_new
from accounts.site import site
from campaigns.models import GuardRefused, Membership, OrganiserInvitation

PAGE = "account/join.html"


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Only a button uses the invitation up: a link preview must not. To strangers it does not name the campaign."""
    invitation = OrganiserInvitation.objects.find(code, timezone.now())
    if invitation is None:
        return render(request, PAGE, {"outcome": "gone"}, status=410)
    if not isinstance(request.user, User):
        return _make_account(request, invitation)
    if not site.has_permission(request):
        # Leads to what is missing, a second factor perhaps, and back.
        return HttpResponseRedirect(f"{reverse('admin:login')}?{urlencode({'next': request.path})}")
    return _accept(request, invitation, request.user)


def _make_account(request: HttpRequest, invitation: OrganiserInvitation) -> HttpResponse:
    by_passkey = "passkey" in request.POST
    form = NewAccountForm(request.POST or None, by_passkey=by_passkey)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user = form.make()
                membership = invitation.accept(user)
        except GuardRefused as error:
            return render(request, PAGE, {"outcome": "gone", "reason": error}, status=410)
        sign_in_new(request, user, by_passkey=by_passkey)
        _welcome(request, membership, invitation)
        return redirect("mfa_add_webauthn") if by_passkey else _to_campaign(membership)
    sign_in = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
    return render(request, PAGE, {"form": form, "sign_in": sign_in, "invitation": invitation})


def _accept(request: HttpRequest, invitation: OrganiserInvitation, user: User) -> HttpResponse:
    if request.method != "POST":
        return render(request, PAGE, {"outcome": "asked", "invitation": invitation})
    try:
        membership = invitation.accept(user)
    except GuardRefused as error:
        return render(request, PAGE, {"outcome": "gone", "reason": error}, status=409)
    _welcome(request, membership, invitation)
    return _to_campaign(membership)


def _welcome(request: HttpRequest, membership: Membership, invitation: OrganiserInvitation) -> None:
    messages.success(request, _("You organise “%(campaign)s” now.") % {"campaign": membership.campaign})
    if membership.role != invitation.role:
        messages.info(request, _("You begin as an editor: a second person has to confirm that you may approve."))


def _to_campaign(membership: Membership) -> HttpResponse:
    return redirect("admin:campaigns_campaign_change", membership.campaign_id)
