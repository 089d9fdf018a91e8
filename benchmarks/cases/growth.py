"""Memory of a worker, from an audience of ten thousand to one of a million."""

from collections.abc import Mapping, Sequence

from benchmarks import rows
from benchmarks.bench import Bench, Case
from benchmarks.cases.delivery import POSTGRES_WORKERS, start_workers
from benchmarks.figures import MEBIBYTES
from benchmarks.sending import send
from benchmarks.site import Site, peak_memory

FEW, MANY = 10_000, 1_000_000
# A million keys would take longer to make than to send to; a worker never holds more than a window of them.
DISTINCT_KEYS = 10_000


def _measure(bench: Bench) -> Mapping[str, Sequence[float]]:
    """One run: workers that are fresh at each audience. Their peaks are compared, so nothing hides between looks."""
    with bench.site("postgres") as site:
        few = _peak(bench, site, bench.scale.of(FEW, least=500))
        many = _peak(bench, site, bench.scale.of(MANY, least=2_000))
    bench.say(f"{few:.1f} MiB, then {many:.1f} MiB")
    return {"worker.rss.growth": [many - few], "worker.rss.largest": [many]}


def _peak(bench: Bench, site: Site, followers: int) -> float:
    bench.say(f"making {followers:,} followers")
    campaign = site.ask(rows.fill, followers, [bench.push_service.host], DISTINCT_KEYS)
    pids = start_workers(site, POSTGRES_WORKERS)
    send(bench, site, campaign, followers)
    peak = max(peak_memory(pid) for pid in pids)
    site.stop_all()
    return peak


CASE = Case("worker.rss.growth", {"worker.rss.growth": MEBIBYTES, "worker.rss.largest": MEBIBYTES}, _measure)
