"""Reading what a phone sends, as the framework's parser does; what that would refuse is left to it."""

import json
import re
from collections.abc import Set
from typing import Any

# As the framework's converter for addresses takes it.
UUID_AS_WRITTEN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_json(body: bytes, names: Set[str]) -> dict[str, Any] | None:
    """The object that ``body`` is in JSON (RFC 8259), if it has no other names than these."""
    try:
        given = json.loads(body.decode())
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) and given.keys() <= names else None
