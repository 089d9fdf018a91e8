"""What this process knows of each push service: how fast it answers, if it asked for peace, if it refuses us."""

import logging
import random
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaigns.models import PushHost
from mobilise.webpush.answers import Answer, Outcome

logger = logging.getLogger(__name__)

MEMORY = 100  # answers
SLOW_SECONDS = 1.0
FORGET_SECONDS = 10.0  # a slow host is given another try after this
FEWEST_SAMPLES = 20
REFUSALS_TO_PAUSE = 20  # distinct verified subscriptions
PAUSE = timedelta(minutes=10)
BACKOFF_BASE = 2.0
BACKOFF_MOST = 300.0
_HOLDING = frozenset({429, 503})
_AUTH_REFUSALS = frozenset({400, 401, 403})


def backoff(attempts: int) -> float:
    """Seconds to wait after so many attempts: doubling, bounded, with jitter so that not all come back at once."""
    return min(BACKOFF_BASE * 2.0**attempts, BACKOFF_MOST) * random.uniform(0.5, 1.5)  # noqa: S311  # spreads load


@dataclass(slots=True)
class _Host:
    elapsed: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=MEMORY))  # (when, seconds)
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
        if answer.status in _HOLDING:
            wait = answer.retry_after if answer.retry_after is not None else backoff(seen.holds)
            seen.held_until = max(seen.held_until, now + wait)
            seen.holds += 1
        elif outcome == Outcome.ACCEPTED:
            seen.holds = 0

    def is_slow(self, host: str, now: float) -> bool:
        """Whether 1 answer in 20 lately took longer than SLOW_SECONDS."""
        seen = self._hosts.get(host)
        if seen is None:
            return False
        recent = sorted(elapsed for when, elapsed in seen.elapsed if now - when < FORGET_SECONDS)
        return len(recent) >= FEWEST_SAMPLES and recent[int(len(recent) * 0.95)] > SLOW_SECONDS

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


def pause_refusing(watch: HostWatch, now: datetime) -> None:
    """Pauses the hosts that refuse us, with an alarm; nothing is deleted. They are tried again by themselves."""
    for host in watch.refusing():
        alarm = f"{host} refuses most of our messages: are the VAPID keys and VAPID_SUBJECT right?"
        PushHost.objects.update_or_create(host=host, defaults={"paused_until": now + PAUSE, "alarm": alarm})
        logger.error("push service paused: %s", alarm)


def paused_hosts(now: datetime) -> dict[str, datetime]:
    """Hosts that are not sent to for now, and until when."""
    rows = PushHost.objects.filter(paused_until__gt=now).values_list("host", "paused_until")
    return {host: until for host, until in rows if until is not None}
