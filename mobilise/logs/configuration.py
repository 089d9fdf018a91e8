"""What logging is set up with, and what becomes of errors that nobody catches."""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger("mobilise")

_FORMATTERS: dict[str, dict[str, Any]] = {
    "plain": {"()": "mobilise.logs.formats.PlainLine"},
    "short": {"()": "mobilise.logs.formats.PlainLine", "timed": False},
    "json": {"()": "mobilise.logs.formats.JsonLine"},
}


def configuration(style: str, level: str) -> dict[str, Any]:
    """For logging.config.dictConfig. ``style``: plain, short (no time) or json. Raises ImproperlyConfigured."""
    if style not in _FORMATTERS:
        raise ImproperlyConfigured(f"LOG_FORMAT is one of {', '.join(_FORMATTERS)}.")
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ImproperlyConfigured("LOG_LEVEL is one of DEBUG, INFO, WARNING, ERROR.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": _FORMATTERS[style]},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # These would tell of every request and task.
            "django.request": {"level": "ERROR"},
            "django.server": {"level": "WARNING"},
            # Whoever asks for another site than this one: strangers, all day long.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django_tasks": {"level": "WARNING"},
            "django_tasks_db": {"level": "WARNING"},
            "celery": {"level": "WARNING"},
            # With parameters, which hold everything.
            "django.db.backends": {"level": "INFO"},
            # The web server's, which has set up a handler of its own before it loads us.
            "_granian": {"level": "WARNING", "handlers": [], "propagate": True},
        },
    }


def log_crashes() -> None:
    """For processes that nobody watches: an error that ends them, or a thread, is one line, without its values."""
    logging.captureWarnings(True)
    # It would print what a line that cannot be written was made of.
    logging.raiseExceptions = False

    def crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logger.critical("an error that nobody caught ends this process", exc_info=(kind, error, trace))

    def thread_crash(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            logger.critical("an error that nobody caught ends a thread", exc_info=args.exc_value)

    def unraisable(args: Any) -> None:
        logger.error("an error could not be raised", exc_info=args.exc_value)

    sys.excepthook, threading.excepthook, sys.unraisablehook = crash, thread_crash, unraisable
