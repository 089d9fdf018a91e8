"""The links that a caller came by: the keys of campaigns by link, in a header, as addresses end up in logs."""

import re

from rest_framework.request import Request

HEADER = "Campaign-Link"
MOST_LINKS = 20
_KEY = re.compile(r"[\w-]{16,64}", re.ASCII)


def links_of(request: Request) -> list[str]:
    """The keys in the header, separated by commas; what cannot be one is left out."""
    given = request.headers.get(HEADER, "").split(",")[:MOST_LINKS]
    return [key.strip() for key in given if _KEY.fullmatch(key.strip())]
