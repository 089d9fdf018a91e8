"""`manage.py restore FILE`: a backup becomes the database."""

from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils import timezone

from accounts.models import SiteAct, SiteEntry
from campaigns.models import Campaign, Follow
from campaigns.recovery import Held, holding, holds_data, look_at_keys, settle, take_names_back
from campaigns.retention import forget
from mobilise.backups import BackupError, engine_of, require_backup_of
from mobilise.leadership import Leadership, scheduler_leadership

LOOK_AT = (
    "What was taken back since the backup is there again. Look at each before the site starts, or at once after: "
    "withdrawn hashtags, closed campaigns, cancelled actions, revoked invitations and links, roles of organisers, "
    "passwords and second factors that were changed, officials who said “stop”. How: docs/operations.md, Restore."
)


class Command(BaseCommand):
    """Refuses what cannot be meant; afterwards nothing is sent before a person says so."""

    help = "Loads a file that `backup` made. Stop the site first. Alerts that were under way are held."
    # They look at addresses and the admin, which this has no use for: more than half of its time.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """From where, and over what."""
        parser.add_argument("file", type=Path, help="a file that `manage.py backup` made")
        parser.add_argument("--replace", action="store_true", help="delete the data that is in the database now")

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        """Says what it did, and what is left to do."""
        # What a scheduler holds while it runs: none runs now, and none begins before all is done.
        leadership = scheduler_leadership(may_stand_still=True)
        try:
            held = self._load(file, replace, leadership)
            self._bring_up_to_date()
            alone = leadership.is_ours()
            self._settle(held)
            if not alone:
                raise CommandError("Restored, but a scheduler was started meanwhile. Look at all alerts in the admin.")
            self._try_keys()
        finally:
            leadership.give_up()
        self.stdout.write(f"Restored: {Campaign.objects.count()} campaigns, {Follow.objects.count()} follows.")

    def _load(self, file: Path, replace: bool, leadership: Leadership) -> Held:
        engine = engine_of(connection)
        try:
            require_backup_of(engine, file)
            # Asked in this order: what leads has a session of its own.
            if engine.others() or not leadership.is_ours():
                raise BackupError("The site is running on this database: stop scheduler, workers and web first.")
            self._require_room(replace)
            paused, drafts, *_ = engine.load(file, then=holding(timezone.now()))
        except BackupError as error:
            raise CommandError(f"Nothing was changed. {error}") from error
        return Held(paused, drafts)

    def _require_room(self, replace: bool) -> None:
        if holds_data() and not replace:
            raise BackupError(
                "The database holds data already. Save it first (manage.py backup); "
                "to delete it and load the backup in its place: --replace."
            )

    def _bring_up_to_date(self) -> None:
        """Tables of an older version become those of this one. Raises CommandError on those of a newer one."""
        loader = MigrationExecutor(connection).loader
        newer = sorted(set(loader.applied_migrations) - set(loader.disk_migrations))
        ours = [f"{app}.{name}" for app, name in newer if app in loader.migrated_apps]
        if ours:
            raise CommandError(
                f"Restored, but by a version that is older than the backup: it does not know {', '.join(ours)}. "
                "Install the newer version, then restore again with --replace."
            )
        call_command("migrate", interactive=False, verbosity=0)

    def _settle(self, held: Held) -> None:
        since = settle(timezone.now())
        paused, drafts = held.paused + since.paused, held.drafts + since.drafts
        if paused:
            self.stdout.write(f"Alerts that were being sent: {paused}. They are paused: resume or cancel them.")
        if drafts:
            self.stdout.write(f"Alerts that were due: {drafts}. They may have been sent since: drafts now.")
        self.stdout.write("All organisers are signed out.")

    def _try_keys(self) -> None:
        keys = look_at_keys()
        if keys.unreadable:
            raise CommandError(
                f"Restored, but {keys.unreadable} of {keys.tried} encrypted values that were tried open with none of "
                "FIELD_KEYS. Put the keys of this backup into FIELD_KEYS, then restore it again with --replace."
            )
        SiteEntry.objects.note(SiteAct.RESTORED)
        self._take_names_back()
        # It opens the actions' keys.
        forget(timezone.now())
        if not keys.index_fits:
            raise CommandError("Restored, but INDEX_KEY is not the backup's: put that one back, or manage.py redigest.")
        self.stdout.write(
            f"FIELD_KEYS open all {keys.tried} encrypted values that were tried."
            if keys.tried
            else "No encrypted value is in it to try FIELD_KEYS on."
        )

    def _take_names_back(self) -> None:
        unnamed = take_names_back()
        if unnamed:
            self.stdout.write(
                "Persons are named no more, as some may have withdrawn since. Ask each, then enter it anew:"
            )
        for one in unnamed:
            # Not its title: somebody may be named in it.
            page = reverse("admin:campaigns_solidarityalert_change", args=[one.case.pk])
            self.stdout.write(f"  {page}: {one.names} named; texts that may hold a name, look at them now: {one.texts}")
        self.stdout.write(LOOK_AT)
