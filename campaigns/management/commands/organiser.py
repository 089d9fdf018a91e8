"""`manage.py organiser NAME`: makes an organiser, or gives one a role in a campaign."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from campaigns.models import Campaign, Role
from campaigns.organisers import give_role, make_organiser


class Command(BaseCommand):
    """The way in for a site's first organisers; the others come by the admin."""

    help = "Makes an organiser with a random password, which is shown once; with --campaign gives them a role there."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, where, as what."""
        parser.add_argument("name")
        parser.add_argument("--campaign", help="the campaign's address, as in /c/<address>")
        parser.add_argument("--role", choices=Role.values, default=Role.EDITOR)

    def handle(self, *args: Any, name: str, campaign: str | None, role: str, **options: Any) -> None:
        """Nothing is made when something is wrong."""
        place = Campaign.objects.filter(slug=campaign).first()
        if campaign and place is None:
            raise CommandError(f"There is no campaign “{campaign}”.")
        if not User.objects.filter(username=name).exists():
            try:
                password = make_organiser(name)
            except ValidationError as error:
                raise CommandError(f"“{name}” cannot be a name: {' '.join(error.messages)}") from error
            self.stdout.write(f"Organiser {name}, password {password} (shown once; only its hash is stored).")
        elif place is None:
            raise CommandError(f"{name} is there already. A new password: manage.py changepassword {name}")
        if place:
            give_role(name, place, role)
            self.stdout.write(f"{name} is {role} of {place.slug}.")
