"""What thousands open in the same seconds: the feed and an action's pulse, beside a plain DRF list view."""

from collections.abc import Mapping, Sequence
from itertools import repeat

from benchmarks import rows
from benchmarks.bench import Bench, Case
from benchmarks.figures import PER_SECOND, Wrong
from benchmarks.load import put_load
from benchmarks.site import Site
from benchmarks.web import make_request, start_web

SECONDS = 8.0
WARM_UP_SECONDS = 1.0
CONNECTIONS = 32
FEED = "/api/v1/feed"
# As phones ask for it.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip"}


def _measure(bench: Bench) -> Mapping[str, Sequence[float]]:
    """One after the other on the same database with the demo's campaigns."""
    with bench.site("sqlite") as site:
        action = site.ask(rows.load_demo)
        pulse = f"/api/v1/actions/{action}/pulse"
        ours = _rates(bench, site, [FEED, pulse])
        plain = _rates(bench, site, [FEED], "benchmarks.plain_drf.settings")
    return {"read.feed": ours[FEED], "read.pulse": ours[pulse], "peer.plain_drf_feed": plain[FEED]}


def _rates(
    bench: Bench, site: Site, paths: Sequence[str], settings: str = "mobilise.settings"
) -> dict[str, list[float]]:
    port = start_web(site, paths[0], settings)
    rates: dict[str, list[float]] = {path: [] for path in paths}
    for path in paths:
        _rate(port, path, WARM_UP_SECONDS)
    for _ in range(bench.scale.runs):
        for path in paths:
            rates[path].append(_rate(port, path, max(SECONDS * min(bench.scale.share, 1), WARM_UP_SECONDS)))
    site.stop_all()
    return rates


def _rate(port: int, path: str, seconds: float) -> float:
    """Answers per second. Raises Wrong when one was not 200."""
    load = put_load(port, repeat(make_request("GET", path, HEADERS)), connections=CONNECTIONS, seconds=seconds)
    if set(load.statuses) != {200}:
        raise Wrong(f"{path}: answers by status {dict(load.statuses)}")
    return load.rate


CASE = Case("read", {"read.feed": PER_SECOND, "read.pulse": PER_SECOND, "peer.plain_drf_feed": PER_SECOND}, _measure)
