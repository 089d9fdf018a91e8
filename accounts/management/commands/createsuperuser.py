"""`manage.py createsuperuser`: Django's own, and the site's log says that it was used."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from accounts.models import SiteAct, SiteEntry, User


class Command(createsuperuser.Command):
    """Whoever has the server may make a site administrator; nobody does it unseen."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Asks for what it was not told, makes the account and notes it. Raises CommandError when it is refused."""
        # Not in one transaction: it waits for somebody who types.
        before = set(User.objects.values_list("pk", flat=True))
        said = super().handle(*args, **options)
        for made in User.objects.filter(is_superuser=True).exclude(pk__in=before):
            SiteEntry.objects.note(SiteAct.ACCOUNT_MADE, about=made)
        return said
