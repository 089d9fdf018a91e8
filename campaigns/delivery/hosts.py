"""What this process knows of each push service: how fast it answers, if it asked for peace, if it refuses us."""

import random
from collections import deque
from dataclasses import dataclass, field

from mobilise.webpush.answers import Answer, Outcome

MEMORY = 100  # answers
SLOW_SECONDS = 1.0
RECENT_SECONDS = 10.0  # what is older says nothing; a slow host is given another try after this
FEWEST_SAMPLES = 20
FEWEST_FOR_MEDIAN = 3
BUSY_TO_HOLD = 3  # one 429 may be about one subscription
LONGEST_HOLD = 60.0
REFUSALS_TO_PAUSE = 20  # distinct verified subscriptions
BACKOFF_BASE = 2.0
BACKOFF_DOUBLINGS = 8
BACKOFF_MOST = 300.0
_BUSY = frozenset({429, 503})
_AUTH_REFUSALS = frozenset({400, 401, 403})


def backoff(attempts: int) -> float:
    """Seconds to wait after so many attempts: doubling, bounded, with jitter so that not all come back at once."""
    doublings = min(attempts, BACKOFF_DOUBLINGS)
    return min(BACKOFF_BASE * 2.0**doublings, BACKOFF_MOST) * random.uniform(0.5, 1.5)  # noqa: S311  # spreads load


@dataclass(slots=True)
class _Host:
    elapsed: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=MEMORY))  # (when, seconds)
    busy: deque[float] = field(default_factory=lambda: deque(maxlen=BUSY_TO_HOLD))  # when it answered 429 or 503
    refusals: deque[int | None] = field(
        default_factory=lambda: deque(maxlen=MEMORY)
    )  # refused verified device, or None
    held_until: float = 0.0
    holds: int = 0


class HostWatch:
    """Moving observations by host. ``now`` is in seconds since the epoch throughout."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def observe(self, host: str, answer: Answer, outcome: Outcome, device_id: int, verified: bool, now: float) -> None:
        """Takes one answer into account. Our own refusals, before anything was sent, say nothing of the host."""
        if answer.status is None and outcome == Outcome.REFUSED:
            return
        seen = self._hosts.setdefault(host, _Host())
        seen.elapsed.append((now, answer.elapsed))
        if answer.status is not None:
            refused = answer.status in _AUTH_REFUSALS and verified
            seen.refusals.append(device_id if refused else None)
        if answer.status in _BUSY:
            self._note_busy(seen, answer, now)
        elif outcome == Outcome.ACCEPTED:
            seen.holds = 0

    def _note_busy(self, seen: _Host, answer: Answer, now: float) -> None:
        """Several such answers lately are about the host: it is left in peace, longer each time it asks again."""
        seen.busy.append(now)
        lately = sum(now - when < RECENT_SECONDS for when in seen.busy)
        if lately < BUSY_TO_HOLD or now < seen.held_until:
            return
        wait = answer.retry_after if answer.retry_after is not None else backoff(seen.holds)
        # The answer to one subscription may ask for a day; the others of its host are not made to wait for that.
        seen.held_until = now + min(wait, LONGEST_HOLD)
        seen.holds += 1

    def is_slow(self, host: str, now: float) -> bool:
        """Whether 1 answer in 20 lately, or of a rare host every second one, took longer than SLOW_SECONDS."""
        seen = self._hosts.get(host)
        if seen is None:
            return False
        recent = sorted(elapsed for when, elapsed in seen.elapsed if now - when < RECENT_SECONDS)
        if len(recent) >= FEWEST_SAMPLES:
            return recent[int(len(recent) * 0.95)] > SLOW_SECONDS
        return len(recent) >= FEWEST_FOR_MEDIAN and recent[len(recent) // 2] > SLOW_SECONDS

    def held_until(self, host: str, now: float) -> float | None:
        """Until when the host asked for peace (429, 503), or None."""
        seen = self._hosts.get(host)
        return seen.held_until if seen and seen.held_until > now else None

    def refusing(self) -> list[str]:
        """Hosts that refuse us, not one subscription: 20 distinct verified ones, and half of the last answers."""
        hosts = []
        for host, seen in self._hosts.items():
            refused = {device for device in seen.refusals if device is not None}
            share = sum(device is not None for device in seen.refusals) / max(len(seen.refusals), 1)
            if len(refused) >= REFUSALS_TO_PAUSE and share >= 0.5:
                hosts.append(host)
                seen.refusals.clear()
        return hosts
