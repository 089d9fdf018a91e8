"""What a push service's answer means for the subscription it was about (RFC 8030 section 5)."""

import re
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum

MAX_RETRY_AFTER = 24 * 3600.0

# Refused by ourselves before anything was sent: the subscription, not the network, is at fault.
_OWN_REFUSALS = frozenset({"endpoint", "keys", "vapid"})


class Outcome(StrEnum):
    """What to do after one attempt."""

    ACCEPTED = "accepted"
    GONE = "gone"
    REFUSED = "refused"
    TOO_LARGE = "too_large"
    RETRY = "retry"
    CANCELLED = "cancelled"
    UNSENT = "unsent"


@dataclass(frozen=True, slots=True)
class Answer:
    """One attempt's end: a status or, without one, the word for what went wrong.

    `retry_after` and `elapsed` are in seconds; the latter counts from having a connection. `error` is "" when a status
    came; else one of "timeout", "reset", "tls", "dns", "connect", "address" (a private one), "protocol", "endpoint",
    "keys", "vapid", "cancelled" (it may have arrived), "unsent" (it waited for a connection for too long).
    """

    status: int | None
    retry_after: float | None
    error: str
    elapsed: float

    @property
    def word(self) -> str:
        """The status as text, or the error: what is counted."""
        return self.error if self.status is None else str(self.status)


def classify(answer: Answer, host: str) -> Outcome:
    """The outcome of an answer given by this host."""
    if answer.status is None:
        return _classify_error(answer.error)
    return _classify_status(answer.status, host)


def _classify_error(error: str) -> Outcome:
    if error in (Outcome.CANCELLED, Outcome.UNSENT):
        return Outcome(error)
    return Outcome.REFUSED if error in _OWN_REFUSALS else Outcome.RETRY


def _classify_status(status: int, host: str) -> Outcome:
    if 200 <= status < 300:
        return Outcome.ACCEPTED
    if status in (404, 410):
        return Outcome.GONE
    if status == 413:
        return Outcome.TOO_LARGE
    # 408 is the service's own time-out; WNS says 406 for "too many, come back later".
    if status in (408, 429) or status >= 500 or (status == 406 and _is_windows(host)):
        return Outcome.RETRY
    return Outcome.REFUSED


def _is_windows(host: str) -> bool:
    return host.partition(":")[0].endswith(".notify.windows.com")


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Seconds to wait by a Retry-After header, in [0, 24 h]; None when it says nothing (RFC 9110 section 10.2.3).

    `now` is in seconds since the epoch, for the form that is a date.
    """
    if value is None:
        return None
    value = value.strip()
    number = re.fullmatch(r"(-?)([0-9]+)", value, re.ASCII)
    if number:
        # Compared by length first: a number of thousands of digits is not worth converting.
        seconds = 0.0 if number[1] else MAX_RETRY_AFTER if len(number[2]) > 9 else float(number[2])
        return min(seconds, MAX_RETRY_AFTER)
    try:
        moment = parsedate_to_datetime(value)
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - now
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER)
