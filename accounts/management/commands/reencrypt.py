"""`manage.py reencrypt`: after a new key was put first in FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import SiteAct, SiteEntry, Subscription
from accounts.models.subscription import BLOB_PURPOSE
from accounts.second_factors import reencrypt_second_factors
from mobilise.fields.rotation import Progress, SealedColumn, encrypted_columns, reencrypt
from mobilise.sessions import reencrypt_sessions


class Command(BaseCommand):
    """Encrypts everything with the first key. The site may run meanwhile; a second start goes on."""

    help = "Encrypts all encrypted values with the first of FIELD_KEYS; after that the older keys can be removed."
    # They look at addresses and the admin, which this has no use for: more than half of its time.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many of each column; ends with an error if a value opens with none of the keys."""
        unreadable = renewed = 0
        for column in [*encrypted_columns(), SealedColumn(Subscription, "blob", BLOB_PURPOSE)]:
            progress = Progress()
            for progress in reencrypt(column):  # noqa: B007  # the last one is the sum
                pass
            unreadable += progress.unreadable
            renewed += progress.renewed
            self._say(str(column), progress)
        factors = reencrypt_second_factors()
        self._say("mfa.Authenticator.data", factors)
        unreadable += factors.unreadable
        sessions = reencrypt_sessions()
        self._say("sessions.Session.session_data", sessions)
        SiteEntry.objects.note(SiteAct.REENCRYPTED, text=str(renewed + factors.renewed + sessions.renewed))
        if unreadable:
            raise CommandError(
                f"{unreadable} values open with none of the keys: keep the older keys and look for more."
            )
        self.stdout.write("All values are encrypted with the first key; the others can be removed from FIELD_KEYS.")

    def _say(self, column: str, progress: Progress) -> None:
        self.stdout.write(f"{column}: {progress.renewed} renewed, {progress.current} were current already")
