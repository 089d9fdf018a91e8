"""From an alert's minute to the first notification handed over, while nothing else goes on."""

import math
import random
import time
from collections.abc import Mapping, Sequence

from benchmarks import rows
from benchmarks.bench import Bench, Case
from benchmarks.figures import SECONDS
from benchmarks.sending import wait_until
from benchmarks.site import Site
from benchmarks.subscriptions import DISTINCT_KEYS
from mobilise.supervisor.site import QUEUES

ALERTS = 60
FOLLOWERS = 100
# The alert's minute falls anywhere between two ticks.
SOONEST, LATEST = 0.4, 0.9


def _measure(bench: Bench) -> Mapping[str, Sequence[float]]:
    """The processes of `make run`, and its database. Each run's p99 is by nearest rank: of 60 alerts the slowest."""
    with bench.site("sqlite") as site:
        campaign = site.ask(rows.fill, FOLLOWERS, [bench.push_service.timed_host], DISTINCT_KEYS)
        site.start("scheduler")
        for queue in QUEUES:
            site.start("worker", "--queue", queue)
        _first_arrival(bench, site, campaign)  # the workers have started
        alerts = bench.scale.of(ALERTS, least=3)
        runs = [[_first_arrival(bench, site, campaign) for _ in range(alerts)] for _ in range(bench.scale.runs)]
    return {
        "latency.first.p99": [percentile(run, 0.99) for run in runs],
        "latency.first.median": [percentile(run, 0.5) for run in runs],
    }


def _first_arrival(bench: Bench, site: Site, campaign: int) -> float:
    """Seconds from ``send_at`` to the push service's first answer, by one clock."""
    before = len(bench.push_service.moments())
    alert = site.ask(rows.schedule_alert, campaign, random.uniform(SOONEST, LATEST))  # noqa: S311  # guards nothing
    due = site.ask(rows.moment_of, alert)
    wait_until(lambda: len(bench.push_service.moments()) >= before + FOLLOWERS, "all notifications are handed over")
    wait_until(lambda: site.ask(rows.is_closed, alert), "the scheduler closes the alert")
    time.sleep(0.1)
    return min(bench.push_service.moments()[before:]) - due


def percentile(values: Sequence[float], share: float) -> float:
    """By nearest rank: a value that was measured."""
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


CASE = Case("latency.first", {"latency.first.p99": SECONDS, "latency.first.median": SECONDS}, _measure)
