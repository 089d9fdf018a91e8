"""An alert's whole way with the real processes, watched from outside."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import rows
from benchmarks.bench import Bench
from benchmarks.figures import Wrong
from benchmarks.site import Site

LONGEST_SILENCE = 60.0
SHORTEST_LOOK, LONGEST_LOOK = 0.02, 1.0


@dataclass(frozen=True, slots=True)
class Sent:
    """``seconds`` from the alert's begin to the last batch noted; ``requests`` by the push service's own counter."""

    accepted: int
    requests: int
    seconds: float

    @property
    def rate(self) -> float:
        """Accepted per second."""
        return self.accepted / self.seconds


def send(bench: Bench, site: Site, campaign: int, followers: int) -> Sent:
    """One alert to all followers of a campaign. Raises Wrong unless each was accepted, and arrived, exactly once."""
    before = bench.push_service.requests()
    alert = site.ask(rows.schedule_alert, campaign)
    done, ended = watch(site, alert, followers)
    sent = Sent(done.accepted, bench.push_service.requests() - before, ended - done.began)
    if sent.accepted != followers or sent.requests != followers or done.other:
        raise Wrong(
            f"{followers} followers, {sent.accepted} accepted, {done.other} otherwise, "
            f"{sent.requests} requests at the push service"
        )
    wait_until(lambda: site.ask(rows.is_closed, alert), "the scheduler closes the alert")
    return sent


def watch(site: Site, alert: int, followers: int) -> tuple[rows.Progress, float]:
    """Waits for the last batch: how it went, and when (seconds since the epoch). Raises Wrong when nothing moves."""
    last, moved = 0, time.monotonic()
    while True:
        found, now = site.ask(rows.progress, alert), time.time()
        if found.finished:
            return found, now
        done = found.accepted + found.other
        if done > last:
            last, moved = done, time.monotonic()
        if site.has_lost_a_process or time.monotonic() - moved > LONGEST_SILENCE:
            raise Wrong(f"the alert stands still at {done} of {followers}.\n{site.last_words}")
        # Looked at less often while much is left: looking costs what is measured.
        left = (now - found.began) * (followers - done) / done if done else 0.0
        time.sleep(min(max(left / 2, SHORTEST_LOOK), LONGEST_LOOK))


def wait_until(condition: Callable[[], bool], what: str, seconds: float = LONGEST_SILENCE) -> None:
    """Raises Wrong when it does not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Wrong(f"not within {seconds:g} s: {what}")
        time.sleep(0.05)
