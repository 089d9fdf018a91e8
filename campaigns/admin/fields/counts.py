"""Typing a number for each departement: one a line, as the list that is published reads."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.departements import DEPARTEMENT_NAMES
from campaigns.models.outreach.identity import plain

_LINE = re.compile(r"^(?P<departement>.*?\S)[\s:;,=]+(?P<number>\d{1,6})$")
_CODES = {
    **{plain(name): code for code, name in DEPARTEMENT_NAMES.items()},
    **{code.casefold(): code for code in DEPARTEMENT_NAMES},
}
MOST_SHOWN = 5


class CountsField(forms.CharField):
    """A map ``{"67": 12}`` of lines such as "67: 12" or "Bas-Rhin 12"."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, strip=True, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """The map as lines; what was typed, as it was typed."""
        if not isinstance(value, dict):
            return value
        return "\n".join(
            f"{code} {DEPARTEMENT_NAMES.get(code, '')}: {number}" for code, number in sorted(value.items())
        )

    def clean(self, value: Any) -> dict[str, int]:
        """Raises ValidationError that names the lines."""
        counts: dict[str, int] = {}
        problems = []
        for number, line in enumerate((value or "").splitlines(), start=1):
            if not line.strip():
                continue
            read = _read(line.strip())
            if read is None or read[0] in counts:
                problems.append(_problem(number, line.strip(), twice=read is not None))
            else:
                counts[read[0]] = read[1]
        if problems:
            raise ValidationError(problems[:MOST_SHOWN])
        return counts

    def has_changed(self, initial: Any, data: Any) -> bool:
        """By content."""
        try:
            return self.clean(data) != (initial or {})
        except ValidationError:
            return True


def _read(line: str) -> tuple[str, int] | None:
    found = _LINE.match(line)
    if found is None:
        return None
    words = plain(found["departement"]).split()
    code = _CODES.get(" ".join(words)) or (_CODES.get(words[0]) if words else None)
    return (code, int(found["number"])) if code else None


def _problem(number: int, line: str, *, twice: bool) -> str:
    if twice:
        return _("Line %(n)d: this departement is there twice.") % {"n": number}
    text = _("Line %(n)d, “%(line)s”: write a departement and a number, as in “67: 12”.")
    return text % {"n": number, "line": line[:40]}
