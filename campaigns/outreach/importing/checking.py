"""Checking an uploaded file in the background, some hundred rows at a time: killed anywhere, another goes on."""

import json
from collections.abc import Iterator
from dataclasses import astuple
from itertools import islice

from django.db import transaction
from django.utils import timezone

from campaigns.models import IdentityKey, Official, OfficialImport, StagedPart
from campaigns.outreach.importing.decoding import Unreadable, decode
from campaigns.outreach.importing.rows import Finding, Row, RowChecker
from campaigns.outreach.importing.table import Line, Table

PART = 1_000

Checked = tuple[list[Row], list[Finding]]


def check(batch: OfficialImport) -> None:
    """Goes through the file of an import that this worker has claimed."""
    try:
        table = Table(decode(bytes(batch.content or b"")))
        for number, (rows, findings) in enumerate(_parts(table)):
            # What a worker that was killed has staged stays; the rows are read again only to know their twins.
            if number * PART < batch.done:
                continue
            if not _stage(batch, number, rows, findings, table.rows):
                return
    except Unreadable as unreadable:
        batch.fail_reading(unreadable.code)
        return
    batch.finish_checking()


def _parts(table: Table) -> Iterator[Checked]:
    checker, lines = RowChecker(IdentityKey.get()), table.lines()
    while some := list(islice(lines, PART)):
        yield _check_lines(checker, some)


def _check_lines(checker: RowChecker, lines: list[Line]) -> Checked:
    rows, findings = [], []
    for line in lines:
        row, about = checker.check(line)
        findings += about
        if row is not None:
            rows.append(row)
    return rows, findings


def _stage(batch: OfficialImport, number: int, rows: list[Row], findings: list[Finding], total: int) -> bool:
    """Stores one part with the counts, once. False when this worker has lost the import."""
    known = _known(batch.outreach_id, [row.digest for row in rows])
    fresh = [row for row in rows if row.digest not in known]
    done = min((number + 1) * PART, total)
    doubtful = sum(row.doubtful for row in fresh)
    changes = {
        "rows": total,
        "done": done,
        "known": batch.known + len(rows) - len(fresh),
        "good": batch.good + len(fresh) - doubtful,
        "doubtful": batch.doubtful + doubtful,
        "bad": batch.bad + done - number * PART - len(rows),
    }
    with transaction.atomic():
        if not batch.advance(timezone.now(), **changes):
            return False
        StagedPart.objects.create(
            batch=batch, number=number, rows_sealed=_as_json(fresh), problems_sealed=json.dumps(findings).encode()
        )
    return True


def _known(outreach: int, digests: list[bytes]) -> set[bytes]:
    """Those that are in the campaign's list already. 1 query."""
    listed = Official.objects.filter(outreach=outreach, record__digest__in=digests)
    return {bytes(digest) for digest in listed.values_list("record__digest", flat=True)}


def _as_json(rows: list[Row]) -> bytes:
    values = [[row.digest.hex(), *astuple(row)[1:]] for row in rows]
    return json.dumps(values, ensure_ascii=False).encode()
