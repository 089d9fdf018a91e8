"""What may stand in a cell, and how it is written down."""

import re
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.departements import DEPARTEMENT_NAMES, DEPARTEMENTS
from campaigns.models.outreach.identity import plain


class Problem(StrEnum):
    """What is wrong with a cell or a row."""

    MISSING = "missing"
    FORMULA = "formula"
    TOO_LONG = "too_long"
    DEPARTEMENT = "departement"
    PHONE = "phone"
    EMAIL = "email"
    NO_CONTACT = "no_contact"
    CROWDED = "crowded"
    TWICE = "twice"
    MOBILE = "mobile"
    PRIVATE = "private"


# The row is good all the same, if an organiser says so.
DOUBTS = frozenset({Problem.MOBILE, Problem.PRIVATE})

MOST_CHARACTERS = 200
_EMPTY = frozenset({"", "-", "--", "–", "—", "/", ".", "n/a", "na", "nc", "néant", "neant", "null", "#n/a"})
_FORMULA = re.compile(r"^[\s'\"]*[=+\-@＝＋－＠]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028\u2029\ufeff]+")
_SPACES = re.compile(r"\s+")
_PHONE_SIGNS = re.compile(r"[\s.\-/()_\u2010-\u2015]+")
_FRENCH = re.compile(r"(?:\+33|0033|0)?([1-9]\d{8})")
_FOREIGN = re.compile(r"(?:\+|00)([1-9]\d{7,14})")
_MOBILE = re.compile(r"0[67]|\+(?:262|590|594|596)[67]")
_CODE = re.compile(r"\b(\d[\dAaBb]\d?|\d)\b")
_PRIVATE_HOSTS = re.compile(
    r"@(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|ymail|icloud|me|mac|aol|gmx|proton|protonmail|pm|tutanota"
    r"|orange|wanadoo|free|sfr|neuf|laposte|bbox|numericable|club-internet|aliceadsl|cegetel)\.[a-z.]+$"
)
_OFFICE = re.compile(
    r"mairie|commune|ville|departement|conseil|region|cabinet|secretariat|agglo|prefecture|senat|cc[-_.]"
)
_NUMBER_OF_NAME = {plain(name): code for code, name in DEPARTEMENT_NAMES.items()}


def clean(text: str) -> str:
    """Without what no eye sees; a mere dash is nothing."""
    text = _SPACES.sub(" ", _CONTROL.sub(" ", text)).strip()
    return "" if text.casefold() in _EMPTY else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute it: in a list of people nobody writes so."""
    return bool(_FORMULA.match(text))


def read_departement(text: str) -> str | None:
    """Its code: of "1", "01", "2a", "067", "67 - Bas-Rhin", "Bas-Rhin"; None for none that there is."""
    named = _NUMBER_OF_NAME.get(plain(text))
    if named:
        return named
    found = _CODE.search(text)
    if found is None:
        return None
    code = found[1].upper()
    options = [code, code.zfill(2), code.lstrip("0").zfill(2)]
    return next((option for option in options if option in DEPARTEMENTS), None)


def read_phone(text: str) -> str | None:
    """ "03 88 00 00 00" or "+49 ..."; None for what is no number. A spreadsheet may have eaten the 0 at its start."""
    digits = _PHONE_SIGNS.sub("", text.strip("'\"").replace("(0)", ""))
    french = _FRENCH.fullmatch(digits)
    if french:
        number = f"0{french[1]}"
        return " ".join(number[at : at + 2] for at in range(0, len(number), 2))
    foreign = _FOREIGN.fullmatch(digits)
    return f"+{foreign[1]}" if foreign else None


def is_mobile(phone: str) -> bool:
    """Whether it is a mobile's, which is rarely an office's."""
    return bool(_MOBILE.match(phone))


def read_email(text: str) -> str | None:
    """In small letters; None for what is no address."""
    address = text.removeprefix("mailto:").lower()
    try:
        validate_email(address)
    except ValidationError:
        return None
    return address


def is_private(email: str) -> bool:
    """Whether it looks like a person's own: small town halls have addresses at such hosts too, and say so in them."""
    return bool(_PRIVATE_HOSTS.search(email)) and not _OFFICE.search(email.partition("@")[0])
