"""Asking again: a sensitive act wants the second factor anew when it was last used a while ago."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.adapter import has_second_factor, ways_to_confirm
from accounts.models import User

View = Callable[..., HttpResponse]


def moments_of_second_factor(request: HttpRequest) -> list[float]:
    """When (seconds since 1970) this very session was opened or confirmed with a second factor.

    A session from before the enrolment has none, and neither has one that was only confirmed by the password.
    """
    records = get_authentication_records(request, request.user)
    return [record["at"] for record in records if record.get("method") == "mfa"]


def confirmed_recently(request: HttpRequest) -> bool:
    """Whether a sensitive act may go on. Where the operator does without second factors, always."""
    if not settings.REQUIRE_MFA:
        return True
    # abs: a clock that was set back must not make an old confirmation last.
    now, limit = time.time(), settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return any(abs(now - moment) < limit for moment in moments_of_second_factor(request))


def has_fresh_second_factor(request: HttpRequest, period: timedelta) -> bool:
    """Whether it was used within ``period``, whatever REQUIRE_MFA says: without a second factor, never."""
    if not isinstance(request.user, User) or not has_second_factor(request.user):
        return False
    return any(abs(time.time() - moment) < period.total_seconds() for moment in moments_of_second_factor(request))


def ask_again(request: HttpRequest, back_to: str = "") -> HttpResponseRedirect:
    """Leads to the second factor and from there to ``back_to``, else to where the request went.

    There a GET comes next: it must show what was to be done, and do nothing.
    """
    messages.info(request, _("Confirm that it is you with your second factor; then press the button again."))
    return lead_to_second_factor(request, back_to or request.get_full_path())


def lead_to_second_factor(request: HttpRequest, back_to: str) -> HttpResponseRedirect:
    """To the page that asks for it, of a user who has one."""
    page = ways_to_confirm(request.user)[0]["url"]
    return HttpResponseRedirect(f"{page}?{urlencode({REDIRECT_FIELD_NAME: back_to})}")


def sensitive(view: View) -> View:
    """A view whose POST asks again. ``view`` is a function of the request, or a bound method."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not confirmed_recently(request):
            return ask_again(request)
        return view(request, *args, **kwargs)

    return asking


def sensitive_page(view: View) -> View:
    """A view that asks before its form is shown, so that nothing is typed in vain; and at its POST."""

    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if confirmed_recently(request) else ask_again(request)

    return asking
