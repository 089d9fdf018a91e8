"""`manage.py redigest`: after INDEX_KEY was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from accounts.models import SiteAct, SiteEntry, Subscription
from accounts.models.subscription import digest_endpoint
from mobilise.fields import UndecryptableValue

BATCH = 500


class Command(BaseCommand):
    """Makes the look-up digests anew. The old key is not needed: the endpoints are there, encrypted."""

    help = "Computes the digests that subscriptions are found by under the INDEX_KEY of now."
    # They look at addresses and the admin, which this has no use for: more than half of its time.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """The site may run meanwhile; a second start goes on."""
        renewed = refused = last = 0
        while batch := list(Subscription.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
            for subscription in batch:
                try:
                    renewed += self._renew(subscription)
                except (UndecryptableValue, IntegrityError):
                    refused += 1
            last = batch[-1].pk
        SiteEntry.objects.note(SiteAct.REDIGESTED, text=str(renewed))
        self.stdout.write(f"{renewed} digests are new.")
        if refused:
            raise CommandError(
                f"{refused} subscriptions keep their old digest: they open with none of FIELD_KEYS, "
                "or their phone has registered anew as another device."
            )

    def _renew(self, subscription: Subscription) -> int:
        """1 when the digest changed."""
        digest = digest_endpoint(subscription.keys.endpoint)
        if digest == bytes(subscription.endpoint_digest):
            return 0
        # Only if the phone has not sent another subscription meanwhile.
        unchanged = Subscription.objects.filter(pk=subscription.pk, blob=subscription.blob)
        with transaction.atomic():
            return unchanged.update(endpoint_digest=digest)
