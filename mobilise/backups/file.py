"""A file that is there whole or not at all, for its owner alone."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mobilise.backups.problem import BackupError

UNFINISHED = ".unfinished"


@contextmanager
def new_private_file(path: Path) -> Iterator[Path]:
    """Gives a path beside ``path`` to write to; it becomes ``path`` at the end. Raises BackupError.

    A file that is there is never overwritten: it may be the only good backup.
    """
    if path.exists():
        raise BackupError(f"{path} is there already: choose another name, or move it away.")
    if not path.parent.is_dir():
        raise BackupError(f"There is no folder {path.parent}: make it first.")
    _delete_abandoned(path.parent)
    descriptor, draft = _draft_beside(path)
    try:
        yield draft
        try:
            # What was written through another descriptor is on the disk too once this one is.
            os.fsync(descriptor)
            _give_name(draft, path)
            _keep_names(path.parent)
        except FileExistsError as error:
            raise BackupError(f"{path} was made by somebody else meanwhile.") from error
        except OSError as error:
            raise BackupError(f"{path} could not be finished: {error.strerror}.") from error
    finally:
        os.close(descriptor)
        draft.unlink(missing_ok=True)


def _delete_abandoned(folder: Path) -> None:
    """Drafts of whoever was killed, in this folder, and what SQLite put beside them: they hold what is forgotten since.

    One that is being written is locked; on a disk that knows no locks all stay.
    """
    for draft in folder.glob(f".*{UNFINISHED}"):
        with suppress(OSError), draft.open("r+b") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            draft.with_name(f"{draft.name}-journal").unlink(missing_ok=True)
            draft.unlink()


def _draft_beside(path: Path) -> tuple[int, Path]:
    """An open file. What its folder does not take is found out here, before hours of work."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=UNFINISHED, dir=path.parent)
    except OSError as error:
        raise BackupError(f"Nothing can be written in {path.parent}: {error.strerror}.") from error
    draft = Path(name)
    try:
        # Let go by the system, however this process ends.
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.write(descriptor, b"\0")
        os.fsync(descriptor)
        os.truncate(descriptor, 0)
    except OSError as error:
        os.close(descriptor)
        draft.unlink(missing_ok=True)
        raise BackupError(f"Nothing can be written in {path.parent}: {error.strerror}.") from error
    return descriptor, draft


def _give_name(draft: Path, path: Path) -> None:
    """Raises FileExistsError when somebody else was faster, which a rename alone does not notice."""
    try:
        os.link(draft, path)
    except FileExistsError:
        raise
    except OSError:
        # Disks that other systems read too (FAT, exFAT, some shares) know no second name of a file.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            draft.replace(path)
        except OSError:
            path.unlink(missing_ok=True)
            raise


def _keep_names(folder: Path) -> None:
    """A name is on the disk when its folder is. Shares that know no such thing keep it as they can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
