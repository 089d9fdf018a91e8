"""`manage.py demo`: the demo campaign, with its dates moved to today."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from campaigns.demo.load import is_loaded, load
from campaigns.models import Campaign, Invitation, Role, Visibility
from campaigns.models.invitation import path_of
from campaigns.organisers import give_role, make_organiser

ORGANISERS = {"demo": Role.OWNER, "demo2": Role.APPROVER}
INVITATION_USES = 100
INVITATION_DAYS = timedelta(days=30)


class Command(BaseCommand):
    """Something live, something near, something over, and two organisers. Nothing is sent by itself."""

    help = "Loads the demo campaign, once. --again moves its dates to today."

    def add_arguments(self, parser: CommandParser) -> None:
        """When it is there already."""
        parser.add_argument("--again", action="store_true", help="move the dates of the demo that is there to today")
        parser.add_argument(
            "--first-time", action="store_true", help="only on a site without any campaign and organiser"
        )

    def handle(self, *args: Any, again: bool, first_time: bool, **options: Any) -> None:
        """Says what it did, or why nothing."""
        if again:
            if not is_loaded():
                raise CommandError("The demo is not there. To load it: manage.py demo")
            load(timezone.now())
            self.stdout.write("The demo's dates are those of today again; its draft alerts too.")
        elif first_time and (Campaign.objects.exists() or User.objects.exists()):
            self._remind()
        elif is_loaded():
            raise CommandError("The demo is there already. To move its dates to today: manage.py demo --again")
        else:
            self._load()

    def _load(self) -> None:
        campaigns = load(timezone.now())
        self.stdout.write("The demo campaign is loaded. Nothing is sent until you schedule it in the admin.\n\n")
        for name, role in ORGANISERS.items():
            if User.objects.filter(username=name).exists():
                self.stdout.write(f"  Organiser {name} ({role}) keeps their password.")
            else:
                password = make_organiser(name)
                self.stdout.write(f"  Organiser {name} ({role}), password {password}")
            for campaign in campaigns:
                give_role(name, campaign, role)
        self.stdout.write("  The passwords are shown only now; the database has their hashes.")
        for campaign in (one for one in campaigns if one.visibility == Visibility.INVITATION):
            code = Invitation.objects.make(campaign, uses=INVITATION_USES, expires_at=timezone.now() + INVITATION_DAYS)
            self.stdout.write(f"  Invitation {settings.SITE_URL}{path_of(campaign, code)}")

    def _remind(self) -> None:
        names = [name for name in ORGANISERS if User.objects.filter(username=name).exists()]
        if names:
            self.stdout.write(
                f"Organisers of the demo: {', '.join(names)}. "
                f"A new password: .venv/bin/python manage.py changepassword {names[0]}"
            )
