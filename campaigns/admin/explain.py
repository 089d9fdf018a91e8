"""What went wrong, in words for the organiser."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.models import ApprovalRefused, GuardRefused, IllegalTransition

# What a button may run into: all of it is said on the page, none of it is an error of the server.
REFUSALS = (IllegalTransition, ValidationError, ApprovalRefused, GuardRefused)


def explain(error: Exception) -> str:
    """One sentence on why nothing was changed."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    if isinstance(error, IllegalTransition):
        row = error.row
        row.refresh_from_db(fields=[error.field])
        state = getattr(row, f"get_{error.field}_display")()
        return _("“%(name)s” is now: %(state)s. This is not possible any more.") % {"name": row, "state": state}
    return str(error)
