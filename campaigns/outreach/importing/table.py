"""From the text of a file to rows under known columns."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.outreach.importing.columns import missing, recognise
from campaigns.outreach.importing.decoding import Unreadable

SEPARATORS = (";", ",", "\t", "|")
# Spreadsheets put a title above the headings.
_HEADINGS_WITHIN = 5
MOST_ROWS = 60_000
MOST_CHARACTERS_OF_A_CELL = 10_000


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number as spreadsheets count, and its cells by column; ``crowded``: it has more than headings."""

    number: int
    cells: dict[str, str]
    crowded: bool


class Table:
    """The rows under the headings. Raises Unreadable: "headings", "too_long", "quotes"."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._separator, self._headings_at, self.columns, self._width = _find_headings(text)
        self.rows = sum(1 for _ in self.lines())
        if self.rows > MOST_ROWS:
            raise Unreadable("too_long")
        if not self.rows:
            raise Unreadable("empty")

    def lines(self) -> Iterator[Line]:
        """Every row that is not blank."""
        for number, cells in _records(self._text, self._separator):
            if number <= self._headings_at or not any(cell.strip() for cell in cells):
                continue
            named = {column: cells[at].strip() if at < len(cells) else "" for at, column in self.columns.items()}
            crowded = any(cell.strip() for cell in cells[self._width :])
            yield Line(number, named, crowded)


def _find_headings(text: str) -> tuple[str, int, dict[int, str], int]:
    """(separator, row number, {position: column}, how many headings) of the row that reads most like headings."""
    best: tuple[int, str, int, dict[int, str], int] | None = None
    for separator in SEPARATORS:
        for number, cells in _records(text, separator):
            if number > _HEADINGS_WITHIN:
                break
            found = recognise(cells)
            if not missing(found) and (best is None or len(found) > best[0]):
                best = (len(found), separator, number, found, len(cells))
    if best is None:
        raise Unreadable("headings")
    return best[1:]


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered from 1, blank ones counted, as a spreadsheet shows them."""
    csv.field_size_limit(MOST_CHARACTERS_OF_A_CELL)
    try:
        yield from enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1)
    except csv.Error:
        # A quote that is never closed swallows the rest of the file.
        raise Unreadable("quotes") from None
