"""What an answer means, and how long it asks to wait."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobilise.webpush.answers import Answer, Outcome, classify, parse_retry_after

DAY = 24 * 3600
NOW = 1_800_000_000.0
FCM, WNS = "fcm.googleapis.com", "db5p.notify.windows.com"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.ACCEPTED),
        (201, Outcome.ACCEPTED),
        (202, Outcome.ACCEPTED),
        (204, Outcome.ACCEPTED),
        (300, Outcome.REFUSED),
        (301, Outcome.REFUSED),
        (302, Outcome.REFUSED),
        (304, Outcome.REFUSED),
        (307, Outcome.REFUSED),
        (308, Outcome.REFUSED),
        (400, Outcome.REFUSED),
        (401, Outcome.REFUSED),
        (403, Outcome.REFUSED),
        (404, Outcome.GONE),
        (405, Outcome.REFUSED),
        (406, Outcome.REFUSED),
        (408, Outcome.RETRY),
        (410, Outcome.GONE),
        (413, Outcome.TOO_LARGE),
        (418, Outcome.REFUSED),
        (429, Outcome.RETRY),
        (500, Outcome.RETRY),
        (502, Outcome.RETRY),
        (503, Outcome.RETRY),
        (504, Outcome.RETRY),
        (599, Outcome.RETRY),
    ],
)
def test_a_status_has_its_outcome(status: int, outcome: Outcome):
    assert classify(Answer(status, None, "", 0.1), FCM) is outcome


@pytest.mark.parametrize(
    ("host", "outcome"),
    [
        (WNS, Outcome.RETRY),
        (f"{WNS}:8443", Outcome.RETRY),
        ("notify.windows.com.evil.example", Outcome.REFUSED),
        ("evilnotify.windows.com", Outcome.REFUSED),
        (FCM, Outcome.REFUSED),
    ],
)
def test_only_windows_says_406_for_later(host: str, outcome: Outcome):
    assert classify(Answer(406, None, "", 0.1), host) is outcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("timeout", Outcome.RETRY),
        ("reset", Outcome.RETRY),
        ("connect", Outcome.RETRY),
        ("dns", Outcome.RETRY),
        ("tls", Outcome.RETRY),
        ("address", Outcome.RETRY),
        ("protocol", Outcome.RETRY),
        ("endpoint", Outcome.REFUSED),
        ("keys", Outcome.REFUSED),
        ("vapid", Outcome.REFUSED),
        ("cancelled", Outcome.CANCELLED),
        ("unsent", Outcome.UNSENT),
    ],
)
def test_an_error_has_its_outcome(error: str, outcome: Outcome):
    assert classify(Answer(None, None, error, 0.1), FCM) is outcome


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("soon", None),
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("1.5", None),
        ("1e3", None),
        ("-5", 0),
        ("86400", DAY),
        ("86401", DAY),
        ("999999999999", DAY),
        ("9" * 8000, DAY),
        ("\u0661\u0662", None),
        ("12, 13", None),
        ("Mon, 99 Foo 2027 00:00:00 GMT", None),
        ("Fri, 31 Dec 99999 00:00:00 GMT", None),
    ],
)
def test_retry_after_in_seconds(value: str | None, seconds: float | None):
    assert parse_retry_after(value, NOW) == seconds


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        (timedelta(seconds=90), 90),
        (timedelta(hours=23), 23 * 3600),
        (timedelta(days=400), DAY),
        (timedelta(seconds=-90), 0),
        (timedelta(days=-9000), 0),
    ],
)
def test_retry_after_as_a_date(after: timedelta, seconds: float):
    moment = datetime.fromtimestamp(NOW, UTC) + after

    assert parse_retry_after(format_datetime(moment, usegmt=True), NOW) == seconds
    assert parse_retry_after(format_datetime(moment.astimezone(timezone(timedelta(hours=2)))), NOW) == seconds


def test_retry_after_in_the_old_forms_of_a_date():
    assert parse_retry_after("Sunday, 06-Nov-94 08:49:37 GMT", 784111777 - 60) == 60
    assert parse_retry_after("Sun Nov  6 08:49:37 1994", 784111777 - 60) == 60


@given(value=st.text(max_size=60) | st.from_regex(r"\w{3}, \d+ [A-Z][a-z]{2} \d{1,9} \d+:\d+:\d+ [+-]?\w+"))
def test_whatever_it_says_the_wait_is_bounded(value: str):
    seconds = parse_retry_after(value, NOW)

    assert seconds is None or 0 <= seconds <= DAY
