"""Storing a checked list in the background, a part at a time: each once, however often a worker is killed."""

import random
from collections import Counter

from django.db import transaction
from django.utils import timezone

from campaigns.models import ContactRecord, Official, OfficialImport, OutcomeSum, Outreach, StagedPart
from campaigns.models.outreach.officials import Details
from campaigns.outreach.importing.rows import Row
from mobilise.inserting import insert_missing

MOST_LOTS = 2**31 - 1


def store(batch: OfficialImport) -> None:
    """Goes through the staged parts of an import that this worker has claimed."""
    for part in batch.parts.filter(rows_sealed__isnull=False).order_by("number"):
        if not _store_part(batch, part):
            return
    batch.finish_storing()


def _store_part(batch: OfficialImport, part: StagedPart) -> bool:
    """False when this worker has lost the import."""
    rows = [Row(bytes.fromhex(row[0]), *row[1:]) for row in part.rows]
    wanted = [row for row in rows if batch.with_doubtful or not row.doubtful]
    with transaction.atomic():
        # First of all: whoever lost the lease stores nothing.
        if not batch.advance(timezone.now(), done=batch.done + len(rows)):
            return False
        part.rows_sealed = None
        part.save(update_fields=["rows_sealed"])
        batch.advance(timezone.now(), stored_rows=batch.stored_rows + take_in(batch.outreach, wanted))
    return True


def take_in(outreach: Outreach, rows: list[Row]) -> int:
    """Adds those that are not in the list yet, and to its sums. Returns how many. Inside a transaction."""
    stored = _insert(outreach.pk, rows)
    for departement, number in sorted(stored.items()):
        OutcomeSum.objects.enlist(outreach, departement, number)
    return sum(stored.values())


def _insert(outreach: int, rows: list[Row]) -> Counter[str]:
    """How many are new in the list, by departement."""
    digests = [row.digest for row in rows]
    insert_missing(
        ContactRecord,
        ("digest", "contacts", "unverified_contacts", "stopped"),
        sorted((digest, 0, 0, False) for digest in digests),
    )
    records = ContactRecord.objects.filter(digest__in=digests).values_list("digest", "pk")
    by_digest = {bytes(digest): pk for digest, pk in records}
    listed = Official.objects.filter(outreach=outreach, record__in=by_digest.values())
    known = set(listed.values_list("record_id", flat=True))
    fresh = [row for row in rows if by_digest[row.digest] not in known]
    insert_missing(
        Official,
        ("outreach_id", "record_id", "departement", "details_sealed", "standing", "lot"),
        (
            (
                outreach,
                by_digest[row.digest],
                row.departement,
                Details(row.name, row.function, row.commune, row.phone, row.email).sealed(),
                "",
                random.randint(0, MOST_LOTS),  # noqa: S311  # an order, not a secret
            )
            for row in fresh
        ),
    )
    return Counter(row.departement for row in fresh)
