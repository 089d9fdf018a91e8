"""A file that is there whole or not at all, for its owner alone."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mobilise.backups.problem import BackupError


@contextmanager
def new_private_file(path: Path) -> Iterator[Path]:
    """Gives a path beside ``path`` to write to; it becomes ``path`` at the end. Raises BackupError.

    A file that is there is never overwritten: it may be the only good backup.
    """
    if path.exists():
        raise BackupError(f"{path} is there already: choose another name, or move it away.")
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}: make it first.")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".unfinished", dir=path.parent)
    except OSError as error:
        raise BackupError(f"Nothing can be written in {path.parent}: {error.strerror}.") from error
    draft = Path(name)
    try:
        yield draft
        # What was written through another descriptor is on the disk too once this one is.
        os.fsync(descriptor)
        # Unlike a rename, refuses when somebody else was faster.
        os.link(draft, path)
    except FileExistsError as error:
        raise BackupError(f"{path} was made by somebody else meanwhile.") from error
    finally:
        os.close(descriptor)
        draft.unlink(missing_ok=True)
