"""One site per data directory: a lock that the system takes back however its holder ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mobilise.supervisor.refusal import Refusal


def make_private_directory(path: Path) -> None:
    """Makes ``path``, for its owner alone: keys and data lie in it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)


@contextmanager
def hold_lock(var: Path) -> Iterator[None]:
    """Holds ``var``/run.lock. Raises Refusal when another process has it."""
    make_private_directory(var)
    path = var / "run.lock"
    # Not inherited by children: a lock that outlives its holder would refuse the next start.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 20).decode(errors="replace").strip() or "unknown"
            raise Refusal(
                f"The site is running already on {var} (process {holder}). "
                "Stop that one first, or set VAR_DIR to another directory."
            ) from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        yield
    finally:
        os.close(descriptor)
