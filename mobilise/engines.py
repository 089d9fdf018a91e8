"""Where rows, counts and tasks are kept: what DATABASE_URL, CACHE_URL and BROKER_URL mean as settings."""

import importlib.util
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env

Settings = dict[str, Any]

QUEUES = ["delivery", "retries", "interactive", "maintenance"]
# What waits there may be lost: the rows say what is to be done, and the scheduler rings again every 5 s.
DOORBELLS = ["delivery", "retries"]

INSTALL = "Install it: .venv/bin/python -m pip install --require-hashes -r requirements/distributed.txt"

SQLITE_OPTIONS = {
    # Several processes write: each transaction takes the write lock at its start and waits for it.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    # secure_delete: what was erased is overwritten, not left in the file.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
}

# Seconds that a connection is kept; one to PostgreSQL that has died meanwhile is noticed before it is used. The last to
# close SQLite's file writes all of its log into it, which costs more than a request does.
CONNECTION_SECONDS = 600
# A file that was put in another's place (a backup) is found within this time; opening it anew so seldom costs nothing.
FILE_SECONDS = 5
POSTGRES_OPTIONS = {
    "application_name": "mobilise",
    "connect_timeout": 5,
    # A server that vanished without a word is noticed within seconds, not hours.
    "keepalives_idle": 5,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
    # A machine that vanished in mid-transaction must not hold its rows for hours; no lock is waited for longer than
    # SQLite's is.
    "options": "-c idle_in_transaction_session_timeout=60s -c lock_timeout=20s",
}


def database(url: str, default: Path) -> Settings:
    """Django's settings of the database at ``url``, or of the SQLite file ``default``. Raises ImproperlyConfigured."""
    scheme = _scheme("DATABASE_URL", url or "sqlite:", ("sqlite", "postgres", "postgresql"))
    settings: Settings = dict(_read_database_url(url or f"sqlite:///{default}"))
    if scheme == "sqlite":
        return {"CONN_MAX_AGE": FILE_SECONDS} | settings | {"OPTIONS": SQLITE_OPTIONS}
    if not settings["NAME"]:
        raise ImproperlyConfigured("DATABASE_URL names no database: postgres://USER:PASSWORD@HOST:PORT/DATABASE.")
    _require("psycopg", "DATABASE_URL")
    kept = {"CONN_MAX_AGE": CONNECTION_SECONDS, "CONN_HEALTH_CHECKS": True}
    return kept | settings | {"OPTIONS": POSTGRES_OPTIONS | settings.get("OPTIONS", {})}


def caches(url: str) -> Settings:
    """Django's CACHES: Redis at ``url``, or the database. Raises ImproperlyConfigured."""
    if not url:
        return {"default": {"BACKEND": "mobilise.throttles.table_cache.TableCache"}}
    _scheme("CACHE_URL", url, ("redis", "rediss", "unix"))
    _require("redis", "CACHE_URL")
    return {"default": {"BACKEND": "mobilise.throttles.shared_cache.SharedCache", "LOCATION": url}}


def throttle_counts(url: str) -> str:
    """The class that counts for the throttles."""
    return "mobilise.throttles.redis_counts.RedisCounts" if url else "mobilise.throttles.models.Count"


def tasks(url: str) -> Settings:
    """The Django Tasks API's TASKS: Celery with the broker at ``url``, or the database. Raises ImproperlyConfigured."""
    backend: Settings = {"BACKEND": "mobilise.task_backend.database.DatabaseTasks", "QUEUES": QUEUES}
    if url:
        _scheme("BROKER_URL", url, ("amqp", "amqps"))
        _require("celery", "BROKER_URL")
        backend |= {
            "BACKEND": "mobilise.task_backend.celery_tasks.CeleryTasks",
            "OPTIONS": {"broker": url, "doorbells": DOORBELLS},
        }
    return {"default": backend}


def _scheme(name: str, url: str, known: tuple[str, ...]) -> str:
    """The address's scheme. The address itself holds a password: it is not said."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        # Its words quote what stands where a port should: part of the password, when a "/" in it is not encoded.
        raise ImproperlyConfigured(f"{name} cannot be read: special characters in it are percent-encoded.") from None
    if parts.scheme not in known:
        raise ImproperlyConfigured(f"{name} has to begin with {' or '.join(f'{one}://' for one in known)}.")
    return parts.scheme


def _read_database_url(url: str) -> Settings:
    try:
        return dict(Env.db_url_config(url))
    except ValueError:
        raise ImproperlyConfigured("DATABASE_URL cannot be read: special characters are percent-encoded.") from None


def _require(package: str, name: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise ImproperlyConfigured(f"{name} is set, and the Python package {package} is missing. {INSTALL}")
