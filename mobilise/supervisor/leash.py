"""Turns into a command that ends when its parent does, even by `kill -9`. Run as a file: leash.py PARENT COMMAND..."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h
COMMAND_NOT_FOUND = 127


def end_with_parent(parent: int) -> None:
    """From now on this process gets SIGTERM when ``parent`` ends. Elsewhere than on Linux: nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        # It ended before the line above.
        sys.exit(1)


def main(parent: str, *command: str) -> int:
    """Becomes ``command``; returns only when that cannot be run."""
    end_with_parent(int(parent))
    try:
        os.execvp(command[0], command)  # noqa: S606  # the command is the supervisor's own
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be run: {error.strerror}\n")
    return COMMAND_NOT_FOUND


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
