"""The demo's invented officials, checked and stored as those of a file would be."""

from collections.abc import Sequence

from campaigns.models import IdentityKey, Outreach
from campaigns.outreach.importing.rows import RowChecker
from campaigns.outreach.importing.storing import take_in
from campaigns.outreach.importing.table import Line


def load_officials(outreach: Outreach, officials: Sequence[dict[str, str]]) -> None:
    """Stores those that are missing."""
    checker = RowChecker(IdentityKey.get())
    checked = [checker.check(Line(number, cells, crowded=False)) for number, cells in enumerate(officials, start=1)]
    take_in(outreach, [row for row, _ in checked if row is not None])
