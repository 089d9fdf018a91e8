"""What was typed is kept on the organiser's phone (drafts.js) until the server has it: how the phone learns of that."""

from django.http import HttpRequest

# The hidden field of a form by which the phone names what it keeps.
FIELD = "_draft"
# The attribute of an input that the phone never keeps.
NEVER_KEPT = "data-private"
LONGEST = 40

_IN_SESSION = "saved_draft"


def note_saved_draft(request: HttpRequest) -> None:
    """The form that was sent is stored: the next page says so."""
    if name := request.POST.get(FIELD, ""):
        request.session[_IN_SESSION] = name[:LONGEST]


def take_saved_draft(request: HttpRequest) -> str:
    """The draft that was stored by the request before this one, or "". Told once."""
    name: str = request.session.pop(_IN_SESSION, "")
    return name
