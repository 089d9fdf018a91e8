"""What make does not tell its child. In a terminal Ctrl-C reaches both; `kill -INT` of make alone reaches only make."""

import os
import re
import signal
from pathlib import Path

SIGINT_BIT = 1 << (signal.SIGINT - 1)


def parent_was_interrupted() -> bool:
    """Whether make has got a SIGINT: it then blocks the signal and waits for its child to end. On Linux; else False."""
    try:
        status = Path(f"/proc/{os.getppid()}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    blocked = re.search(r"^SigBlk:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return bool(blocked and int(blocked[1], 16) & SIGINT_BIT)
