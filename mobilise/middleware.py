"""What only organisers' pages need, kept away from the app and the API: sessions, messages, the visitor's language.

A feed that is ready costs more in these than in all the rest of the way.
"""

from collections.abc import Awaitable

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware import locale
from django.utils import translation

from mobilise.headers import FORM_PAGES

# As the framework's own classes say it; ours run synchronously.
Answer = HttpResponseBase | Awaitable[HttpResponseBase]


def is_for_organisers(request: HttpRequest) -> bool:
    """Whether this is a page of the admin or of the accounts."""
    return request.path_info.startswith(FORM_PAGES)


class SessionMiddleware(sessions.SessionMiddleware):
    """Sessions of organisers."""

    def __call__(self, request: HttpRequest) -> Answer:
        """Passes everything else on."""
        return super().__call__(request) if is_for_organisers(request) else self.get_response(request)


class AuthenticationMiddleware(auth.AuthenticationMiddleware):
    """Accounts of organisers."""

    def __call__(self, request: HttpRequest) -> Answer:
        """Passes everything else on."""
        return super().__call__(request) if is_for_organisers(request) else self.get_response(request)


class MessageMiddleware(messages.MessageMiddleware):
    """Messages to organisers."""

    def __call__(self, request: HttpRequest) -> Answer:
        """Passes everything else on."""
        return super().__call__(request) if is_for_organisers(request) else self.get_response(request)


class LocaleMiddleware(locale.LocaleMiddleware):
    """The organiser's language."""

    def __call__(self, request: HttpRequest) -> Answer:
        """What the API says of an error is in English for all: the app translates its code."""
        if is_for_organisers(request):
            return super().__call__(request)
        with translation.override("en"):
            return self.get_response(request)
