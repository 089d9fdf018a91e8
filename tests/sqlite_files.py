"""SQLite's files as they lie on the disk."""

import subprocess
from pathlib import Path


def read_file(file: Path) -> bytes:
    """All bytes of a database's file that this process may have open.

    Read by another process: closing the file here would drop the locks that SQLite holds on it in this one, and the
    next to end would take its log away (sqlite.org/howtocorrupt.html, section 2.2).
    """
    return subprocess.run(["cat", file], capture_output=True, check=True).stdout
