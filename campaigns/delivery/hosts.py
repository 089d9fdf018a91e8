"""What this process knows of each push service: how fast it answers, if it asked for peace, if it refuses us."""

import math
import random
import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from mobilise.webpush.answers import Answer, Outcome

MEMORY = 100  # answers
MOST_HOSTS = 1000
SLOW_SECONDS = 1.0
RECENT_SECONDS = 10.0  # what is older says nothing; a slow host is given a few tries after this
FEWEST_SAMPLES = 20
FEWEST_FOR_MEDIAN = 3
BUSY_TO_HOLD = 3  # one 429 may be about one subscription
LONGEST_HOLD = 60.0
REFUSALS_TO_PAUSE = 20  # distinct verified subscriptions
BACKOFF_BASE = 2.0
BACKOFF_DOUBLINGS = 8
BACKOFF_MOST = 300.0
# Of what is left of a send window: where its last tries fall, so that not all come back in its last second.
LAST_TRIES = (0.5, 0.95)
LAST_TRY_SECONDS = 5.0  # before the end; later nobody would come to it in time
SHORTEST_ASKED = 1.0  # second; who asks for less, or for a moment that is over, has asked for nothing
_BUSY = frozenset({429, 503})
_AUTH_REFUSALS = frozenset({400, 401, 403})


def backoff(attempts: int) -> float:
    """Seconds to wait after so many attempts: doubling, bounded, with jitter so that not all come back at once."""
    doublings = min(attempts, BACKOFF_DOUBLINGS)
    return min(BACKOFF_BASE * 2.0**doublings, BACKOFF_MOST) * random.uniform(0.5, 1.5)  # noqa: S311  # spreads load


def backoff_within(left: float, attempts: int) -> float:
    """The same, but no longer than what is left of the send window, in seconds, as long as another try may help.

    The wait is our own guess: a service that was out of order for most of a window may be well for the rest of it.
    """
    wait = backoff(attempts)
    earliest, latest = LAST_TRIES
    if wait < latest * left or left < LAST_TRY_SECONDS:
        return wait
    return left * random.uniform(earliest, latest)  # noqa: S311  # spreads load


def asked_wait(answer: Answer) -> float | None:
    """Seconds that the push service asked for (Retry-After); None when our own wait holds.

    "0", and a date that has passed on our clock, are no wait at all: again and again at once, for as long as it lasts.
    """
    asked = answer.retry_after
    return None if asked is None or asked < SHORTEST_ASKED else asked


class Pace(Enum):
    """How fast a host is taken to be."""

    QUICK = auto()
    SLOW = auto()
    UNSURE = auto()  # it was slow, and nothing was heard of it since


@dataclass(slots=True)
class _Host:
    elapsed: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=MEMORY))  # (when, seconds)
    busy: deque[float] = field(default_factory=lambda: deque(maxlen=BUSY_TO_HOLD))  # when it answered 429 or 503
    # The refused verified device, or None.
    refusals: deque[int | None] = field(default_factory=lambda: deque(maxlen=MEMORY))
    held_until: float = 0.0
    holds: int = 0
    slow_at: float = -math.inf  # when an answer last took longer than SLOW_SECONDS

    def note_elapsed(self, seconds: float, now: float) -> None:
        """How long an answer took."""
        self.elapsed.append((now, seconds))
        if seconds > SLOW_SECONDS:
            self.slow_at = now

    def pace(self, now: float) -> Pace:
        """By what it answered lately; when that is next to nothing, by whether its last answers were slow."""
        recent = [seconds for when, seconds in self.elapsed if _is_recent(when, now)]
        if len(recent) >= FEWEST_FOR_MEDIAN:
            return Pace.SLOW if _are_slow(recent) else Pace.QUICK
        return Pace.UNSURE if _are_slow([seconds for _, seconds in self.elapsed]) else Pace.QUICK

    def is_held(self, now: float) -> bool:
        """Longer than it can be held is a clock that was set back: it is not."""
        return now < self.held_until <= now + LONGEST_HOLD

    def note_busy(self, answer: Answer, now: float) -> None:
        """Several such answers lately are about the host: it is left in peace, longer each time it asks again."""
        self.busy.append(now)
        lately = sum(_is_recent(when, now) for when in self.busy)
        if lately < BUSY_TO_HOLD or self.is_held(now):
            return
        asked = asked_wait(answer)
        wait = backoff(self.holds) if asked is None else asked
        # The answer to one subscription may ask for a day; the others of its host are not made to wait for that.
        self.held_until = now + min(wait, LONGEST_HOLD)
        self.holds += 1

    def refuses(self) -> bool:
        """20 distinct verified subscriptions, and half of the last answers."""
        refused = {device for device in self.refusals if device is not None}
        share = sum(device is not None for device in self.refusals) / max(len(self.refusals), 1)
        return len(refused) >= REFUSALS_TO_PAUSE and share >= 0.5


def _is_recent(when: float, now: float) -> bool:
    # abs: what was seen before the clock was set back is not recent for an hour.
    return abs(now - when) < RECENT_SECONDS


def _are_slow(elapsed: Sequence[float]) -> bool:
    """Whether 1 of 20, or when they are few every second one, took longer than SLOW_SECONDS."""
    if len(elapsed) < FEWEST_FOR_MEDIAN:
        return False
    share = 0.95 if len(elapsed) >= FEWEST_SAMPLES else 0.5
    return sorted(elapsed)[int(len(elapsed) * share)] > SLOW_SECONDS


class HostWatch:
    """Moving observations by host, shared by the threads of a process. ``now`` is in seconds since the epoch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hosts: dict[str, _Host] = {}

    def observe(self, host: str, answer: Answer, outcome: Outcome, device_id: int, verified: bool, now: float) -> None:
        """Takes one answer into account. Our own refusals, before anything was sent, say nothing of the host."""
        if answer.status is None and outcome == Outcome.REFUSED:
            return
        with self._lock:
            seen = self._remember(host)
            # Who was not waited for took longer than that, however short it was.
            seen.note_elapsed(math.inf if outcome == Outcome.CANCELLED else answer.elapsed, now)
            if answer.status is not None:
                refused = answer.status in _AUTH_REFUSALS and verified
                seen.refusals.append(device_id if refused else None)
            if answer.status in _BUSY:
                seen.note_busy(answer, now)
            elif outcome == Outcome.ACCEPTED:
                seen.holds = 0

    def pace(self, host: str, now: float) -> Pace:
        """How fast a host is taken to be."""
        with self._lock:
            seen = self._hosts.get(host)
            return seen.pace(now) if seen else Pace.QUICK

    def slow(self, now: float) -> list[str]:
        """All hosts that are slow now."""
        with self._lock:
            # Most never were: their answers are not looked through.
            lately = [(host, seen) for host, seen in self._hosts.items() if _is_recent(seen.slow_at, now)]
            return [host for host, seen in lately if seen.pace(now) is Pace.SLOW]

    def held(self, now: float) -> dict[str, float]:
        """All hosts that asked for peace (429, 503), and until when."""
        with self._lock:
            return {host: seen.held_until for host, seen in self._hosts.items() if seen.is_held(now)}

    def held_until(self, host: str, now: float) -> float | None:
        """Until when the host asked for peace (429, 503), or None."""
        with self._lock:
            seen = self._hosts.get(host)
            return seen.held_until if seen and seen.is_held(now) else None

    def refusing(self, hosts: Iterable[str]) -> list[str]:
        """Of these, who refuses us, not one subscription: 20 distinct verified ones, and half of the last answers."""
        with self._lock:
            known = [(host, self._hosts[host]) for host in sorted(set(hosts)) if host in self._hosts]
            found = [host for host, seen in known if seen.refuses()]
            for host in found:
                self._hosts[host].refusals.clear()
            return found

    def _remember(self, host: str) -> _Host:
        """Strangers choose the names, within the browsers' domains: there is a limit to how many are kept."""
        if host not in self._hosts and len(self._hosts) >= MOST_HOSTS:
            del self._hosts[next(iter(self._hosts))]
        return self._hosts.setdefault(host, _Host())
