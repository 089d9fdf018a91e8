"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class OrganiserAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Organisers come by invitation; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No public sign-up."""
        return False
