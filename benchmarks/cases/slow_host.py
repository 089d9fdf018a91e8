"""One host of three answers after 5 s: what is left of the rate of the other two."""

import time
from collections.abc import Mapping, Sequence

from benchmarks import rows
from benchmarks.bench import Bench, Case
from benchmarks.cases.delivery import POSTGRES_WORKERS, WARM_UP, WARM_UPS, start_workers
from benchmarks.figures import PER_SECOND, RATIO
from benchmarks.push_service import NAME
from benchmarks.sending import LONGEST_LOOK, send, wait_until
from benchmarks.site import Site
from benchmarks.subscriptions import DISTINCT_KEYS
from tests.servers.server import free_port

# Of the two that answer at once; a third host of the same size comes on top.
FOLLOWERS = 60_000
SECONDS = 5.0
MOST_SECONDS = 600.0


def _measure(bench: Bench) -> Mapping[str, Sequence[float]]:
    """The two hosts alone, then the same with the third: in turn, with workers that know nothing of it yet."""
    push, slow = bench.push_service, f"{NAME}:{free_port()}"
    fast = [push.host, push.second_host]
    followers = bench.scale.of(FOLLOWERS, least=2_000) // 2 * 2
    alone, beside = [], []
    with bench.site("postgres", PUSH_EXTRA_HOSTS=",".join([*fast, slow])) as site:
        bench.say(f"making {followers:,} followers of two hosts, then as many and a third host's")
        small = site.ask(rows.fill, WARM_UP * POSTGRES_WORKERS, fast, DISTINCT_KEYS)
        two = site.ask(rows.fill, followers, fast, DISTINCT_KEYS)
        three = site.ask(rows.fill, followers // 2 * 3, [*fast, slow], DISTINCT_KEYS)
        for _ in range(bench.scale.runs):
            alone.append(_rate(bench, site, small, two, followers, slow))
            beside.append(_rate(bench, site, small, three, followers, slow))
            bench.say(f"{alone[-1]:,.0f}/s alone, {beside[-1]:,.0f}/s beside the slow host")
    shares = [two_of_three / two_alone for two_alone, two_of_three in zip(alone, beside, strict=True)]
    return {"slow_host.share": shares, "slow_host.alone": alone, "slow_host.beside": beside}


def _rate(bench: Bench, site: Site, small: int, campaign: int, fast: int, slow: str) -> float:
    """What the two hosts take per second, from the alert's begin to their last notification, by nginx's counter."""
    port = slow.partition(":")[2]
    site.start("-m", "benchmarks.slow_host", port, bench.push_service.certificate, str(SECONDS))
    start_workers(site, POSTGRES_WORKERS)
    for _ in range(WARM_UPS):
        send(bench, site, small, WARM_UP * POSTGRES_WORKERS)
    before = bench.push_service.requests()
    alert = site.ask(rows.schedule_alert, campaign)
    wait_until(lambda: site.ask(rows.began, alert) > 0, "the alert begins")
    began = site.ask(rows.began, alert)
    ended = _last_of(bench, before + fast, began, fast)
    site.ask(rows.cancel_alert, alert)
    site.stop_all()
    return fast / (ended - began)


def _last_of(bench: Bench, goal: int, began: float, number: int) -> float:
    """When the counter reached ``goal``, in seconds since the epoch. Raises Wrong."""
    ended = 0.0

    def is_reached() -> bool:
        nonlocal ended
        found, ended = bench.push_service.requests(), time.time()
        done = number - (goal - found)
        left = (ended - began) * (goal - found) / done if done > 0 else LONGEST_LOOK
        time.sleep(min(max(left / 2, 0.0), LONGEST_LOOK))
        return found >= goal

    wait_until(is_reached, "the other hosts have their notifications", MOST_SECONDS)
    return ended


CASE = Case(
    "slow_host",
    {"slow_host.share": RATIO, "slow_host.alone": PER_SECOND, "slow_host.beside": PER_SECOND},
    _measure,
)
