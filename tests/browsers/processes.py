"""Ending a browser that we started, with all its children, and nothing else."""

import contextlib
import os
import signal
import subprocess

GRACE = 10.0


def end_group(process: "subprocess.Popen[bytes]", *, grace: float = GRACE) -> None:
    """Waits `grace` s for `process` to end, asks it to, after `grace` s more ends it by force.

    It leads a process group (start_new_session=True), which is ended with it.
    """
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        _signal(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(grace)
    # Children of a browser can outlive it for a moment.
    _signal(process.pid, signal.SIGKILL)
    process.wait()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)
