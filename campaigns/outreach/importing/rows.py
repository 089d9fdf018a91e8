"""Row by row: what may be stored, and what is wrong with the others."""

from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.models.outreach.identity import digest_identity
from campaigns.outreach.importing import cells, columns
from campaigns.outreach.importing.cells import DOUBTS, MOST_CHARACTERS, Problem
from campaigns.outreach.importing.table import Line

# [row number, column, problem, number of another row it is about]
Finding = tuple[int, str, str, int | None]
NEEDED = (columns.NAME, columns.DEPARTEMENT)
WORDS = (columns.NAME, columns.FIRST_NAME, columns.FUNCTION, columns.COMMUNE)


@dataclass(frozen=True, slots=True)
class Row:
    """One official, as stored."""

    digest: bytes
    departement: str
    name: str
    function: str
    commune: str
    phone: str
    email: str
    doubtful: bool


class RowChecker:
    """Knows the rows that came before."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._seen: dict[bytes, int] = {}

    def check(self, line: Line) -> tuple[Row | None, list[Finding]]:
        """The row, or None when something is wrong with it; and what there is to say about it."""
        given = {column: cells.clean(text) for column, text in line.cells.items()}
        findings: list[Finding] = [(line.number, column, problem, None) for column, problem in _look_at(given)]
        if line.crowded:
            findings.append((line.number, "", Problem.CROWDED, None))
        if any(problem not in DOUBTS for _, _, problem, _ in findings):
            return None, findings
        row = self._make(given, doubtful=bool(findings))
        first = self._seen.setdefault(row.digest, line.number)
        if first != line.number:
            return None, [(line.number, columns.NAME, Problem.TWICE, first)]
        return row, findings

    def _make(self, given: dict[str, str], *, doubtful: bool) -> Row:
        name = " ".join(part for part in (given.get(columns.FIRST_NAME, ""), given[columns.NAME]) if part)
        commune = given.get(columns.COMMUNE, "")
        departement = cells.read_departement(given[columns.DEPARTEMENT]) or ""
        return Row(
            digest=digest_identity(self._key, name, commune, departement),
            departement=departement,
            name=name,
            function=given.get(columns.FUNCTION, ""),
            commune=commune,
            phone=cells.read_phone(given.get(columns.PHONE, "")) or "",
            email=cells.read_email(given.get(columns.EMAIL, "")) or "",
            doubtful=doubtful,
        )


def _look_at(given: dict[str, str]) -> Iterator[tuple[str, Problem]]:
    for column, text in given.items():
        if len(text) > MOST_CHARACTERS:
            yield column, Problem.TOO_LONG
        elif not text and column in NEEDED:
            yield column, Problem.MISSING
        elif text:
            problem = _CHECKS[column](text)
            if problem:
                yield column, problem
    if not given.get(columns.PHONE) and not given.get(columns.EMAIL):
        yield columns.PHONE, Problem.NO_CONTACT


def _word(text: str) -> Problem | None:
    return Problem.FORMULA if cells.is_formula(text) else None


def _departement(text: str) -> Problem | None:
    if cells.is_formula(text):
        return Problem.FORMULA
    return None if cells.read_departement(text) else Problem.DEPARTEMENT


def _phone(text: str) -> Problem | None:
    """A number may begin with +; anything else that does is a formula."""
    phone = cells.read_phone(text)
    if phone is None:
        return Problem.FORMULA if cells.is_formula(text) else Problem.PHONE
    return Problem.MOBILE if cells.is_mobile(phone) else None


def _email(text: str) -> Problem | None:
    if cells.is_formula(text):
        return Problem.FORMULA
    email = cells.read_email(text)
    if email is None:
        return Problem.EMAIL
    return Problem.PRIVATE if cells.is_private(email) else None


_CHECKS = {
    **dict.fromkeys(WORDS, _word),
    columns.DEPARTEMENT: _departement,
    columns.PHONE: _phone,
    columns.EMAIL: _email,
}
