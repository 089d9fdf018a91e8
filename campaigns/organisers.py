"""Organisers made on the command line: a name, a random password that is shown once, a role."""

import secrets

from accounts.models import User
from campaigns.models import Campaign, Membership

PASSWORD_BYTES = 12


def make_organiser(name: str) -> str:
    """Makes an organiser. Returns the password, which is stored only as a hash. Raises ValidationError."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    User.objects.create_user(name, password)
    return password


def give_role(name: str, campaign: Campaign, role: str) -> None:
    """Gives an organiser this role in the campaign, in place of an earlier one. Raises User.DoesNotExist."""
    user = User.objects.get(username=name)
    Membership.objects.update_or_create(user=user, campaign=campaign, defaults={"role": role})
