"""DATABASE_URL, CACHE_URL and BROKER_URL: what they mean, and what is refused at start."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from mobilise import engines
from mobilise.keys import generate_secrets

ROOT = Path(__file__).resolve().parent.parent
FILE = Path("/var/mobilise.sqlite3")
SECRET = "a-secret-word"


def database(url: str) -> dict[str, Any]:
    return engines.database(url, FILE)


@pytest.mark.parametrize(("url", "name"), [("", "/var/mobilise.sqlite3"), ("sqlite:////elsewhere/db", "/elsewhere/db")])
def test_sqlite_is_a_file_that_several_processes_write(url: str, name: str):
    settings = database(url)

    assert (settings["ENGINE"], settings["NAME"]) == ("django.db.backends.sqlite3", name)
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "secure_delete=ON" in settings["OPTIONS"]["init_command"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_is_what_its_address_says(scheme: str):
    settings = database(f"{scheme}://me:p%40ss@db.example:6432/house?sslmode=verify-full&connect_timeout=9")

    assert settings["ENGINE"] == "django.db.backends.postgresql"
    assert (settings["USER"], settings["PASSWORD"], settings["HOST"], settings["PORT"], settings["NAME"]) == (
        "me",
        "p@ss",
        "db.example",
        6432,
        "house",
    )
    assert (settings["OPTIONS"]["sslmode"], settings["OPTIONS"]["connect_timeout"]) == ("verify-full", 9)
    assert (settings["OPTIONS"]["application_name"], settings["CONN_HEALTH_CHECKS"]) == ("mobilise", True)


def test_an_address_may_say_how_long_connections_are_kept():
    assert database("postgres://me@db.example/house?conn_max_age=5")["CONN_MAX_AGE"] == 5


def test_without_a_broker_tasks_are_rows_and_with_one_they_are_messages():
    rows, messages = engines.tasks("")["default"], engines.tasks("amqp://broker.example//")["default"]

    assert rows["BACKEND"].endswith("DatabaseTasks")
    assert messages["BACKEND"].endswith("CeleryTasks")
    assert rows["QUEUES"] == messages["QUEUES"]


def test_without_redis_each_process_remembers_for_itself():
    assert engines.caches("")["default"]["BACKEND"].endswith("TableCache")
    assert engines.caches("redis://cache.example")["default"]["BACKEND"].endswith("SharedCache")


BAD: list[tuple[Callable[[str], Any], str, str]] = [
    (database, "mysql://me:{}@db.example/house", "DATABASE_URL has to begin with sqlite://"),
    (database, "{}", "DATABASE_URL has to begin with"),
    (database, "postgres://me:{}@db.example:port/house", "DATABASE_URL cannot be read"),
    (database, "postgres://me:{}@db.example:99999/house", "DATABASE_URL cannot be read"),
    (database, "postgres://me:{}@db.example", "DATABASE_URL names no database"),
    (engines.caches, "memcached://:{}@cache.example", "CACHE_URL has to begin with redis://"),
    (engines.caches, "redis://:{}@cache.example:port", "CACHE_URL cannot be read"),
    (engines.tasks, "redis://:{}@cache.example", "BROKER_URL has to begin with amqp://"),
    (engines.tasks, "amqp://me:{}@broker.example:port", "BROKER_URL cannot be read"),
    # A password with a character that ends the host: what comes before it looks like a port.
    (database, "postgres://me:{}/9x@db.example/house", "DATABASE_URL cannot be read"),
    (database, "postgres://me:{}#9x@db.example/house", "DATABASE_URL cannot be read"),
    (engines.caches, "redis://:{}/9x@cache.example", "CACHE_URL cannot be read"),
    (engines.tasks, "amqp://me:{}?9x@broker.example//", "BROKER_URL cannot be read"),
]


@pytest.mark.parametrize(("read", "url", "words"), BAD)
def test_a_bad_address_is_refused_in_words_that_do_not_repeat_it(read: Callable[[str], Any], url: str, words: str):
    with pytest.raises(ImproperlyConfigured) as refused:
        read(url.format(SECRET))

    assert words in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("read", "url", "package"),
    [
        (database, "postgres://me@db.example/house", "psycopg"),
        (engines.caches, "redis://cache.example", "redis"),
        (engines.tasks, "amqp://broker.example", "celery"),
    ],
)
def test_a_missing_package_is_named_with_how_to_get_it(
    read: Callable[[str], Any], url: str, package: str, monkeypatch: pytest.MonkeyPatch
):
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == package else there(name))

    with pytest.raises(ImproperlyConfigured, match=rf"{package} is missing.*requirements/distributed\.txt"):
        read(url)


@pytest.mark.parametrize(
    "bad", [{"DATABASE_URL": f"mysql://me:{SECRET}@db/house"}, {"BROKER_URL": f"kafka://{SECRET}"}, {"CACHE_URL": "x"}]
)
def test_it_does_not_start_with_one(tmp_path: Path, bad: dict[str, str]):
    environment = {"VAR_DIR": str(tmp_path), "PATH": os.defpath, "VAPID_SUBJECT": "mailto:nobody@example.org"}
    command = [sys.executable, "-c", "import mobilise.settings"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment | generate_secrets() | bad, capture_output=True, text=True, check=False
    )

    assert done.returncode != 0
    assert f"{next(iter(bad))} has to begin with" in done.stderr.splitlines()[-1]
    assert SECRET not in done.stderr
