"""One event a line, and what must never be in a log taken out of it."""

import json
import logging
import os
import random
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest

from mobilise.logs.formats import JsonLine, PlainLine
from mobilise.logs.redaction import redact
from tests.delivering import ROOT
from tests.make import UNKNOWN_ID


def make_record(message: Any, *args: Any, name: str = "campaigns.delivery", **values: Any) -> logging.LogRecord:
    record = logging.LogRecord(name, logging.WARNING, "file.py", 1, message, args, values.pop("exc_info", None))
    record.__dict__.update(values)
    return record


def line(message: Any, *args: Any, **values: Any) -> str:
    return PlainLine(timed=False).format(make_record(message, *args, **values))


# ---- what is taken out


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("POST https://fcm.googleapis.com/fcm/send/abc:APA91", "POST https://fcm.googleapis.com/…"),
        ("https://updates.push.services.mozilla.com/wpush/v2/gAAAA x", "https://updates.push.services.mozilla.com/… x"),
        ("HTTPS://Web.Push.Apple.com/QAbc", "HTTPS://Web.Push.Apple.com/…"),
        ("https://site.example/?invitation=abc", "https://site.example/…"),
        ("amqp://user:pass@broker:5672/vhost", "amqp://broker:5672/…"),
        ("postgres://user:p%40ss@[::1]:5432/db failed", "postgres://[[address]]:5432/… failed"),
        ("https://site.example", "https://site.example"),
        ("no route to 203.0.113.77:443", "no route to [address]:443"),
        ("from 2001:db8::5 and ::ffff:203.0.113.77.", "from [address] and [address]."),
        ("fe80::1: gone", "[address]: gone"),
        ("write to jeanne.d'arc+x@example.org now", "write to [e-mail] now"),
        ("mailto:nobody@example.org", "mailto:[e-mail]"),
        ("password=hunter2 rest", "password=[secret] rest"),
        ("Authorization: Bearer abc", "Authorization: [secret]"),
        ("{'nonce': 'abc', 'auth': 'x'}", "{'nonce': [secret], 'auth': [secret]}"),
        ("host=db user=u password=p", "host=db user=u password=[secret]"),
    ],
)
def test_it_takes_out_what_names_somebody_or_opens_something(text: str, left: str):
    assert redact(text) == left


@pytest.mark.parametrize("length", [16, 24, 32, 65])
@pytest.mark.parametrize("write", [lambda raw: urlsafe_b64encode(raw).decode().rstrip("="), bytes.hex])
def test_it_takes_out_every_kind_of_token(length: int, write: Callable[[bytes], str]):
    chance = random.Random(length)  # noqa: S311  # the same ones at every run
    tokens = [write(chance.randbytes(length)) for _ in range(2000)]

    left = [token for token in tokens if token in redact(f"what is {token} doing here")]

    assert left == []


@pytest.mark.parametrize(
    "text",
    [
        "alert 7 begins",
        f"batch 3 of alert {UNKNOWN_ID} has another holder by now",
        "at 12:00:01 and 18:30",
        "campaigns.delivery.scheduler TransactionManagementError SuspiciousFileOperation HTTPSConnectionPool",
        "mobilise/webpush/pool.py:120 in send_all < .venv/lib/python3.11/site-packages/django/db/utils.py:3 in f",
        "0002_pending_without_device_constraint",
        "postponed deliveries of alert 3 have another holder by now",
        "push service paused: updates.push.services.mozilla.com refuses most of our messages",
        "version 5.2.19, 100 %, a::method",
        "a tick every 0.2 s",
    ],
)
def test_it_leaves_ordinary_words_alone(text: str):
    assert redact(text) == text


# ---- the shape of a line


def test_it_is_one_line_whatever_the_words_are():
    assert line("one\ntwo\r\n  three") == "WARNING campaigns.delivery: one two three"


def test_it_has_the_time_unless_somebody_else_notes_it():
    timed = PlainLine().format(make_record("x"))

    assert timed.endswith("Z WARNING campaigns.delivery: x")
    assert len(timed.split(" ")[0]) == len("2026-03-01T18:00:00.000Z")


def test_it_is_json_for_machines():
    record = make_record("alert %s begins", 7, alert=7, batch="x@y.example", endpoint="secret")
    parts = json.loads(JsonLine().format(record))

    assert parts.pop("time").endswith("Z")
    assert parts == {
        "level": "warning",
        "logger": "campaigns.delivery",
        "event": "alert 7 begins",
        "alert": "7",
        "batch": "[e-mail]",
    }


def fail() -> None:
    try:
        raise KeyError("the secret words of an alert")
    except KeyError as error:
        raise ValueError("Somebody Else <else@example.org>") from error


@pytest.mark.parametrize("style", [PlainLine(), JsonLine()])
def test_an_error_is_its_type_and_its_place_never_its_text(style: logging.Formatter):
    try:
        fail()
    except ValueError:
        text = style.format(make_record("it failed", exc_info=sys.exc_info()))

    assert "ValueError at tests/test_log_lines.py:" in text
    assert "in fail" in text
    assert "KeyError" in text
    assert "Somebody" not in text
    assert "secret" not in text
    assert "\n" not in text


def test_a_message_that_does_not_fit_its_arguments_shows_none_of_them():
    assert line("%d of %s", "the secret") == "WARNING campaigns.delivery: %d of %s"


@pytest.mark.parametrize("name", ["django.request", "django.security.DisallowedHost", "django.security.csrf"])
def test_what_django_says_of_requests_names_no_path_and_no_host(name: str):
    text = line("Internal Server Error: %s", "/accounts/tie/short", name=name, status_code=500)

    assert text == f"WARNING {name}: a request was refused or failed with 500"


# ---- the processes


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    settings = {"DJANGO_SETTINGS_MODULE": "mobilise.settings", "LOG_FORMAT": "plain", **environment}
    command = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    return subprocess.run(command, env=os.environ | settings, cwd=ROOT, capture_output=True, text=True, check=False)


CRASH = """
import threading
from mobilise.logs.configuration import log_crashes
log_crashes()
def fail(): raise ValueError("secret words")
thread = threading.Thread(target=fail); thread.start(); thread.join()
class Broken:
    def __del__(self): fail()
del Broken
import warnings; warnings.warn("from 203.0.113.77")
x = Broken() if False else None
fail()
"""


def test_an_error_that_ends_a_process_is_one_line():
    ended = run(CRASH)

    assert ended.returncode == 1
    lines = ended.stderr.splitlines()
    assert [text for text in lines if "ends a thread [ValueError at <string>" in text]
    assert "ends this process [ValueError at <string>" in lines[-1]
    assert "secret" not in ended.stderr
    assert "203.0.113" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_json_is_a_setting():
    said = run("import logging; logging.getLogger('x').warning('hello')", LOG_FORMAT="json")

    assert json.loads(said.stderr)["event"] == "hello"


@pytest.mark.parametrize(("name", "value"), [("LOG_FORMAT", "xml"), ("LOG_LEVEL", "loud")])
def test_an_unknown_format_or_level_is_refused(name: str, value: str):
    ended = run("", **{name: value})

    assert ended.returncode == 1
    assert f"{name} is one of" in ended.stderr
