"""Organisers made on the command line: a name, a random password that is shown once, a role."""

import secrets

from django.db import transaction

from accounts.models import SiteAct, SiteEntry, User
from campaigns.models import Act, AuditEntry, Campaign, Membership

PASSWORD_BYTES = 12


def make_organiser(name: str) -> str:
    """Makes an organiser. Returns the password, which is stored only as a hash. Raises ValidationError."""
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    with transaction.atomic():
        SiteEntry.objects.note(SiteAct.ACCOUNT_MADE, about=User.objects.create_user(name, password))
    return password


def give_role(name: str, campaign: Campaign, role: str) -> None:
    """Gives an organiser this role in the campaign, in place of an earlier one. Raises User.DoesNotExist.

    The campaign's log says that whoever has the server did it.
    """
    user = User.objects.get(username=name)
    with transaction.atomic():
        member, new = Membership.objects.update_or_create(user=user, campaign=campaign, defaults={"role": role})
        act = Act.MEMBER_ADDED if new else Act.ROLE_CHANGED
        AuditEntry.objects.note(act, campaign=campaign, by=None, about=member)
