"""How allauth behaves here."""

from base64 import b64decode, b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from mobilise.fields import cipher
from mobilise.throttles.addresses import client_address

# Codes to fall back on are no factor by themselves.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
SECRET_PURPOSE = b"mfa_authenticator.data"


def is_current(encrypted_text: str) -> bool:
    """Whether a second factor's secret was encrypted with the first of the field keys."""
    return cipher().is_current(b64decode(encrypted_text))


def has_second_factor(user: User) -> bool:
    """Whether the organiser has enrolled one."""
    return bool(is_mfa_enabled(user, FACTORS))


def ways_to_confirm(user: Any) -> list[dict[str, Any]]:
    """Each with its page as "url", the usual one first. Without a second factor: the password."""
    ways: list[dict[str, Any]] = get_adapter().get_reauthentication_methods(user)
    return ways


def forget_when_used(user: User, **_what: Any) -> None:
    """A second factor was used, to sign in or to confirm something: at which second is nobody's business."""
    Authenticator.objects.filter(user=user).update(last_used_at=None)


class OrganiserAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Organisers come by invitation; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No public sign-up."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whose address the limits of signing in count: not a trusted proxy's, which would be everybody's."""
        address = client_address(request)
        if not address:
            raise PermissionDenied("no address to count for")
        return address

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """The ways to confirm that it is the organiser; the first is the one that is offered.

        Whoever has a second factor confirms with it: a password alone, which can be read off a keyboard, does not
        change that factor. Codes to fall back on come after a passkey, before which they are no everyday way.
        """
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        strong = [way for way in ways if way["id"] != "reauthenticate"] if has_second_factor(user) else ways
        app = is_mfa_enabled(user, [Authenticator.Type.TOTP])
        return sorted(strong, key=lambda way: way["id"] == "mfa_reauthenticate" and not app)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Second factors' secrets are encrypted like everything else that must not be read from the database file."""

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows beside the name."""
        return str(settings.SITE_NAME)

    def encrypt(self, text: str) -> str:
        """base64 of the ciphertext, for allauth's JSON column."""
        return b64encode(cipher().encrypt(text.encode(), SECRET_PURPOSE)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The reverse. Raises UndecryptableValue."""
        return cipher().decrypt(b64decode(encrypted_text), SECRET_PURPOSE).decode()
