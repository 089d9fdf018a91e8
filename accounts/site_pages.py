"""Pages for site administrators: how far a change of keys is, and the log of what they did."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import key_progress
from accounts.models import SiteEntry, User
from accounts.site import site

PER_PAGE = 50


@never_cache
def keys_page(request: HttpRequest) -> HttpResponse:
    """Field keys, index key, VAPID keys: how many of what is stored are under which, and what to do next."""
    cards = {
        "field": key_progress.field_keys(),
        "index": key_progress.index_key(),
        "vapid": key_progress.vapid(),
        "sample": key_progress.INDEX_SAMPLE,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return _page(request, "keys", {"title": _("Keys of the site"), **cards})


@never_cache
def log_page(request: HttpRequest) -> HttpResponse:
    """What administrators, and whoever has the server, did; the latest first."""
    page = Paginator(SiteEntry.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    return _page(request, "log", {"title": _("Log of the site"), "page": page, "days": settings.AUDIT_DAYS})


def _page(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """Raises PermissionDenied for all but site administrators."""
    if not (isinstance(request.user, User) and request.user.is_superuser):
        raise PermissionDenied
    return render(request, f"admin/accounts/site/{name}.html", {**site.each_context(request), **context})
