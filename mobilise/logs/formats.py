"""How an event becomes a line: as plain text, or as JSON."""

import json
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from mobilise.logs.redaction import redact

ROOT = str(Path(__file__).resolve().parent.parent.parent)
MOST_FRAMES = 8
MOST_CAUSES = 3
# What an event may carry beside its words (`extra=`): ids of ours, and nothing else.
IDS = ("alert", "batch")
# Django writes paths, hosts and referrers there, which hold codes and names.
_OF_REQUESTS = ("django.request", "django.security", "django.server")


class Line(logging.Formatter):
    """What both have in common: the parts of an event, each without what must not be there."""

    def parts(self, record: logging.LogRecord) -> dict[str, Any]:
        """{"time", "level", "logger", "event", ids, "error"?}."""
        moment = datetime.fromtimestamp(record.created, UTC)
        parts: dict[str, Any] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": redact(record.name),
            "event": redact(" ".join(_words(record).split())),
        }
        parts |= {name: redact(str(getattr(record, name))) for name in IDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            parts["error"] = [redact(text) for text in _causes(record.exc_info[1])]
        return parts


class PlainLine(Line):
    """`2026-03-01T18:00:00.000Z INFO campaigns.delivery.scheduler: alert 7 begins`."""

    def __init__(self, *, timed: bool = True) -> None:
        """``timed=False``: whoever reads the lines notes the time of each."""
        super().__init__()
        self._timed = timed

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        parts = self.parts(record)
        time = f"{parts['time']} " if self._timed else ""
        ids = "".join(f" {name}={parts[name]}" for name in IDS if name in parts)
        error = f" [{'; after '.join(parts['error'])}]" if "error" in parts else ""
        return f"{time}{record.levelname:<7} {parts['logger']}: {parts['event']}{ids}{error}"


class JsonLine(Line):
    """`{"time": …, "level": "info", "logger": …, "event": …}`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        return json.dumps(self.parts(record), ensure_ascii=False)


def _words(record: logging.LogRecord) -> str:
    if record.name.startswith(_OF_REQUESTS):
        status = getattr(record, "status_code", None)
        return f"a request was refused or failed{f' with {status}' if status else ''}"
    try:
        return record.getMessage()
    except Exception:
        # The logging module would print the arguments.
        return str(record.msg)


def _causes(error: BaseException) -> Iterator[str]:
    """ "ValueError at a.py:3 in f < b.py:7 in g", of the error and of what led to it. Never its text: it has values."""
    cause: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if cause is None:
            return
        yield f"{type(cause).__name__} at {_frames(cause.__traceback__)}"
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _frames(trace: TracebackType | None) -> str:
    frames = traceback.StackSummary.extract(traceback.walk_tb(trace), lookup_lines=False)[-MOST_FRAMES:]
    places = [f"{one.filename.removeprefix(ROOT + '/')}:{one.lineno} in {one.name}" for one in reversed(frames)]
    return " < ".join(places) or "no frame"
