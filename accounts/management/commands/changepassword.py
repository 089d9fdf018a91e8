"""`manage.py changepassword`: Django's own, and the site's log says that it was used."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword

from accounts.models import SiteAct, SiteEntry


class Command(changepassword.Command):
    """Whoever has the server may set any password; nobody does it unseen."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Asks for the password, sets it and notes it. Raises CommandError when it is refused."""
        # Not in one transaction: it waits for somebody who types.
        said = super().handle(*args, **options)
        SiteEntry.objects.note(SiteAct.PASSWORD_SET, about=options["username"] or getpass.getuser())
        return said
