"""The admin site: sign-in is allauth's, and nobody enters without a second factor where one is required."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth import logout as end_session
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.adapter import has_second_factor
from accounts.confirming import lead_to_second_factor, moments_of_second_factor
from accounts.models import User

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class OrganiserSite(admin.AdminSite):
    """Where organisers work."""

    site_header = site_title = settings.SITE_NAME
    index_title = _("What do you want to do?")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """An active organiser, with a second factor unless the operator does without."""
        user = request.user
        if not (isinstance(user, User) and user.is_active and user.is_staff):
            return False
        return not settings.REQUIRE_MFA or (bool(moments_of_second_factor(request)) and has_second_factor(user))

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Leads to what is missing: signing in, enrolling a second factor, or confirming with it."""
        user, target = request.user, _next_of(request)
        if not isinstance(user, User):
            return _redirect("account_login", target)
        if self.has_permission(request):
            return HttpResponseRedirect(target)
        if not user.is_staff:
            return TemplateResponse(request, "account/no_access.html", status=403)
        if not has_second_factor(user):
            messages.warning(request, _("Set up a second factor first: an authenticator app or a passkey."))
            return redirect("mfa_index")
        return lead_to_second_factor(request, target)

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # the stubs name one kind of response
        """Ends the session; a mere link to it asks first."""
        if request.method != "POST":
            return redirect("account_logout")
        end_session(request)
        return redirect("account_login")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # type: ignore[override]  # as above
        """On the account's own page."""
        return redirect("account_change_password")

    def get_log_entries(self, request: HttpRequest) -> QuerySet[LogEntry]:
        """None: Django's log is plain text and stays for ever; campaigns have an audit log that is neither."""
        return LogEntry.objects.none()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Without the jump by content type and id, which knows no roles."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]


class Unlogged(ModelAdmin):
    """A ModelAdmin that writes nothing to Django's log, and so has no history to show."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]  # Django returns the entry; there is none
        """Nothing."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:  # type: ignore[override]  # Django returns the entry; there is none
        """Nothing."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:  # type: ignore[override]  # Django returns the entry; there is none
        """Nothing."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Nothing would read it."""
        return []

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """There is none."""
        raise Http404


def _next_of(request: HttpRequest) -> str:
    """Where the visitor wanted to go, if that is on this site."""
    target = request.GET.get(REDIRECT_FIELD_NAME, "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return reverse("admin:index")


def _redirect(name: str, target: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({REDIRECT_FIELD_NAME: target})}")


site = OrganiserSite(name="admin")
