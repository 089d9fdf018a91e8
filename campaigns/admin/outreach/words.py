"""What is wrong with a file or a row of it, and what to do, in the organiser's words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from campaigns.outreach.importing import columns
from campaigns.outreach.importing.cells import Problem

COLUMNS: dict[str, Promise] = {
    columns.NAME: _("name"),
    columns.FIRST_NAME: _("first name"),
    columns.FUNCTION: _("function"),
    columns.COMMUNE: _("commune"),
    columns.DEPARTEMENT: _("departement"),
    columns.PHONE: _("office phone"),
    columns.EMAIL: _("office e-mail"),
    "": _("whole row"),
}

PROBLEMS: dict[str, Promise] = {
    Problem.MISSING: _("Empty: fill it in, or delete the row."),
    Problem.FORMULA: _("Begins like a formula (=, +, -, @): write the plain text."),
    Problem.TOO_LONG: _("Too long (over 200 characters): shorten it. A quotation mark may be missing."),
    Problem.DEPARTEMENT: _("No departement: write its number, such as 67, 2A or 974, or its name."),
    Problem.PHONE: _("No phone number: ten digits, or + and the country's code."),
    Problem.EMAIL: _("No e-mail address: write it as name@place.fr, one only."),
    Problem.NO_CONTACT: _("Neither phone nor e-mail: add one, or delete the row."),
    Problem.CROWDED: _("More cells than headings: a separator or a quotation mark is out of place."),
    Problem.TWICE: _("The same person as in row %(row)s: delete one of them."),
    Problem.MOBILE: _("A mobile number: use the office's number, unless this is the office's."),
    Problem.PRIVATE: _("Looks like a private address: use the office's, unless this is the office's."),
}

UNREADABLE: dict[str, Promise] = {
    "empty": _("The file holds no rows."),
    "workbook": _("This is a workbook, not a list: in your spreadsheet choose “Save as”, then “CSV”."),
    "binary": _("This is no text file: in your spreadsheet choose “Save as”, then “CSV”."),
    "encoding": _("Its letters cannot be read: save it as “CSV UTF-8”."),
    "headings": _(
        "The first row must hold headings, among them a name, a departement, and a phone or an e-mail. Rename the "
        "columns as in the model below."
    ),
    "quotes": _("A quotation mark that opens a cell is never closed: look for it and delete it."),
    "too_long": _("More than 60,000 rows: split it into several files."),
    "failed": _("Reading it failed again and again: open it in a spreadsheet, save it as “CSV UTF-8”, try again."),
}


def say(problem: str, other_row: int | None) -> str:
    """What to do."""
    text = str(PROBLEMS[problem])
    return text % {"row": other_row} if other_row is not None else text
