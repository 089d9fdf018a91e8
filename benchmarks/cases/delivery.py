"""An alert's whole way: rows read, decrypted, encrypted, sent over TLS, outcome committed."""

from collections.abc import Mapping, Sequence

from benchmarks import rows
from benchmarks.bench import Bench, Case
from benchmarks.figures import MEBIBYTES, PER_SECOND
from benchmarks.sending import send
from benchmarks.site import Site, peak_memory
from benchmarks.subscriptions import DISTINCT_KEYS

POSTGRES_FOLLOWERS = 100_000
POSTGRES_WORKERS = 2
SQLITE_FOLLOWERS = 10_000
SQLITE_WORKERS = 1
# So that every worker is up and has opened its connections: alerts to so many for each.
WARM_UP = 1_000
WARM_UPS = 2


def start_workers(site: Site, number: int) -> list[int]:
    """The scheduler, so many delivery workers, and one for what is postponed. Gives the delivery workers' ids."""
    site.start("scheduler", "--workers", str(number))
    site.start("worker", "--queue", "retries")
    return [site.start("worker", "--queue", "delivery").pid for _ in range(number)]


def deliver(bench: Bench, site: Site, followers: int, workers: int) -> tuple[list[float], list[float]]:
    """Accepted per second, run by run, and the delivery workers' peak memory after each (of the largest)."""
    hosts = [bench.push_service.host]
    bench.say(f"making {followers:,} followers")
    warm_up = bench.scale.of(WARM_UP, least=200) * workers
    small = site.ask(rows.fill, warm_up, hosts, DISTINCT_KEYS)
    large = site.ask(rows.fill, followers, hosts, DISTINCT_KEYS)
    pids = start_workers(site, workers)
    for _ in range(WARM_UPS):
        send(bench, site, small, warm_up)
    rates, memory = [], []
    for _ in range(bench.scale.runs):
        sent = send(bench, site, large, followers)
        bench.say(f"{sent.accepted:,} accepted in {sent.seconds:.1f} s: {sent.rate:,.0f}/s")
        rates.append(sent.rate)
        memory.append(max(peak_memory(pid) for pid in pids))
    return rates, memory


def _measure_postgres(bench: Bench) -> Mapping[str, Sequence[float]]:
    with bench.site("postgres") as site:
        rates, memory = deliver(bench, site, bench.scale.of(POSTGRES_FOLLOWERS, least=500), POSTGRES_WORKERS)
    return {"delivery.postgres": rates, "worker.rss": memory}


def _measure_sqlite(bench: Bench) -> Mapping[str, Sequence[float]]:
    with bench.site("sqlite") as site:
        rates, _ = deliver(bench, site, bench.scale.of(SQLITE_FOLLOWERS, least=500), SQLITE_WORKERS)
    return {"delivery.sqlite": rates}


POSTGRES = Case("delivery.postgres", {"delivery.postgres": PER_SECOND, "worker.rss": MEBIBYTES}, _measure_postgres)
SQLITE = Case("delivery.sqlite", {"delivery.sqlite": PER_SECOND}, _measure_sqlite)
