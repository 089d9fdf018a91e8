"""How what is due goes. Some rows at a time: others write meanwhile, and SQLite has one writer."""

from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet

from campaigns.models import Batch, Count, PendingDelivery
from campaigns.own_data.erasing import erase_device

AT_ONCE = 2_000


def delete(due: QuerySet[Any]) -> int:
    """Deletes the rows. Returns how many, without those that hang on them."""
    deleted = 0
    while keys := list(due.values_list("pk", flat=True)[:AT_ONCE]):
        deleted += _plain(due.model).filter(pk__in=keys).delete()[1].get(due.model._meta.label, 0)
    return deleted


def give_up(due: QuerySet[PendingDelivery]) -> int:
    """What still waits is counted as failed."""
    gone = 0
    while given_up := _give_some_up(due):
        gone += given_up
    return gone


def _give_some_up(due: QuerySet[PendingDelivery]) -> int:
    with transaction.atomic():
        held = due.select_for_update(skip_locked=True, of=("self",))
        rows = dict(held.values_list("pk", "batch_id")[:AT_ONCE])
        PendingDelivery.objects.filter(pk__in=rows).delete()
        failed = Counter(rows.values())
        Batch.objects.add_counts({batch_id: {Count.FAILED: number} for batch_id, number in failed.items()})
    return len(rows)


def forget_key(due: QuerySet[Any]) -> int:
    """An action without its key can make none of its tokens again."""
    return due.update(participation_key=None)


def forget_name(due: QuerySet[Any]) -> int:
    """A person goes on being counted, as "one person"."""
    return due.update(name="", consent_how="", consented_on=None)


def forget_nonce(due: QuerySet[Any]) -> int:
    """A subscription goes on, unverified, until its phone asks anew."""
    return due.update(nonce_digest="", nonce_expires_at=None)


def erase_devices(due: QuerySet[Any]) -> int:
    """As if each had asked for it: what it took part in stays counted."""
    erased = last = 0
    # Read to the end before the first goes: SQLite lets nobody write who still reads what others have changed since.
    while devices := list(due.filter(pk__gt=last).order_by("pk")[:AT_ONCE]):
        # One that is deleted has no number any more.
        erased, last = erased + len(devices), devices[-1].pk
        for device in devices:
            erase_device(device)
    return erased


def _plain(model: type[Model]) -> QuerySet[Any]:
    return QuerySet(model)
