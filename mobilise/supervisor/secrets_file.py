"""The file with the secrets of the embedded default: made once, mode 600, never overwritten."""

import os
from collections.abc import Mapping
from pathlib import Path

from mobilise.keys import as_environment
from mobilise.supervisor.refusal import Refusal

DATABASE = "mobilise.sqlite3"
HEADER = """\
# The secrets of this site. Whoever has this file and the database can read both: keep a copy of each, apart.
# Without FIELD_KEYS the encrypted data cannot be read any more, without INDEX_KEY no phone is found again.
"""


def complete_secrets(path: Path, fresh: Mapping[str, str], environment: Mapping[str, str]) -> list[str]:
    """Adds to ``path`` those of the ``fresh`` secrets that neither it nor ``environment`` has. Returns their names.

    Raises Refusal when there is a database beside it whose keys are gone: new ones could not read it.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    given = {line.partition("=")[0].strip() for line in text.splitlines()} | set(environment)
    missing = {name: value for name, value in fresh.items() if name not in given and f"{name}_FILE" not in given}
    if not missing:
        return []
    if "FIELD_KEYS" in missing and (path.parent / DATABASE).exists():
        raise Refusal(
            f"{path.parent / DATABASE} is there, but its keys are not: "
            f"put {path} back, or move the database away to begin anew."
        )
    _replace(path, (text or HEADER) + as_environment(missing))
    return list(missing)


def _replace(path: Path, text: str) -> None:
    """Writes the file whole or not at all."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
