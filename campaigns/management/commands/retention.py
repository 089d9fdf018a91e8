"""`manage.py retention`: what is over is deleted now, or only named."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from campaigns.retention import due, forget


class Command(BaseCommand):
    """A worker does it every ten minutes, as the scheduler asks; this is for looking, and for whoever cannot wait."""

    help = "Deletes what is no longer needed. With --dry-run: says what that would be, and deletes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to look only."""
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted, delete nothing")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        """A line per rule."""
        now = timezone.now()
        found = due(now) if dry_run else forget(now)
        for each in found:
            self.stdout.write(f"{each.rows:>9,}  {each.rule.what} ({each.rule.when})")
        total = sum(each.rows for each in found)
        self.stdout.write(f"{total:,} rows would be deleted. Nothing was." if dry_run else f"{total:,} rows deleted.")
