"""Shifts the clock of a process that has this folder in PYTHONPATH: by so many seconds as CLOCK_SHIFT_FILE says, now.

Only what tells the time of day is shifted; time.monotonic goes on as it does on a machine whose clock is set.
"""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

_file = Path(os.environ["CLOCK_SHIFT_FILE"])
_true_time, _true_now = time.time, timezone.now


def _shift() -> float:
    return float(_file.read_text() or 0)


def _time() -> float:
    return _true_time() + _shift()


def _now() -> datetime:
    return _true_now() + timedelta(seconds=_shift())


time.time = _time
timezone.now = _now
