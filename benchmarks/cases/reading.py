"""What thousands open in the same seconds: the feed and an action's pulse, beside a plain DRF list view."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

from benchmarks import rows
from benchmarks.bench import Bench, Case
from benchmarks.figures import PER_SECOND, Wrong
from benchmarks.front import PlainNginx
from benchmarks.load import put_load
from benchmarks.site import Site
from benchmarks.web import make_request, start_web
from tests.deployed_nginx import ask

SECONDS = 8.0
WARM_UP_SECONDS = 1.0
CONNECTIONS = 32
FEED = "/api/v1/feed"
OWN = "/api/v1/device"
PHONES = 200
# As phones ask for it.
HEADERS = {"Accept": "application/json", "Accept-Encoding": "gzip"}


def _measure(bench: Bench) -> Mapping[str, Sequence[float]]:
    """One after the other on the same database with the demo's campaigns."""
    with bench.site("sqlite") as site:
        action = site.ask(rows.load_demo)
        pulse = f"/api/v1/actions/{action}/pulse"
        ours = _rates(bench, site, [FEED, pulse])
        behind = _rates_behind_nginx(bench, site, [FEED, pulse])
        plain = _rates(bench, site, [FEED], "benchmarks.plain_drf.settings")
    return {
        "read.feed": ours[FEED],
        "read.pulse": ours[pulse],
        "read.nginx.feed": behind[FEED],
        "read.nginx.pulse": behind[pulse],
        "peer.plain_drf_feed": plain[FEED],
    }


def _rates(
    bench: Bench, site: Site, paths: Sequence[str], settings: str = "mobilise.settings"
) -> dict[str, list[float]]:
    port = start_web(site, paths[0], settings)
    try:
        return _rates_at(port, bench, paths)
    finally:
        site.stop_all()


def _rates_behind_nginx(bench: Bench, site: Site, paths: Sequence[str]) -> dict[str, list[float]]:
    """Through deploy/nginx. Raises Wrong when it keeps an answer that is somebody's own."""
    folder = bench.folder / "nginx-in-front"
    folder.mkdir()
    nginx = PlainNginx(folder, start_web(site, paths[0]))
    try:
        nginx.start()
        rates = _rates_at(nginx.port, bench, paths)
        _check_kept(nginx.port, site.ask(rows.make_phones, PHONES)[1])
        return rates
    finally:
        nginx.stop()
        site.stop_all()


def _check_kept(port: int, cookies: Sequence[str]) -> None:
    """Each phone asks for its own settings, many at once: each gets its own."""

    def own(cookie: str) -> bytes:
        return ask(port, OWN, headers={"Cookie": f"__Host-device={cookie}"}).body

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        answers = set(pool.map(own, cookies))
    if len(answers) != len(cookies):
        raise Wrong(f"{len(cookies)} phones got {len(answers)} different answers about themselves")


def _rates_at(port: int, bench: Bench, paths: Sequence[str]) -> dict[str, list[float]]:
    rates: dict[str, list[float]] = {path: [] for path in paths}
    for path in paths:
        _rate(port, path, WARM_UP_SECONDS)
    for _ in range(bench.scale.runs):
        for path in paths:
            rates[path].append(_rate(port, path, max(SECONDS * min(bench.scale.share, 1), WARM_UP_SECONDS)))
    return rates


def _rate(port: int, path: str, seconds: float) -> float:
    """Answers per second. Raises Wrong when one was not 200."""
    load = put_load(port, repeat(make_request("GET", path, HEADERS)), connections=CONNECTIONS, seconds=seconds)
    if set(load.statuses) != {200}:
        raise Wrong(f"{path}: answers by status {dict(load.statuses)}")
    return load.rate


FIGURES = ("read.feed", "read.pulse", "read.nginx.feed", "read.nginx.pulse", "peer.plain_drf_feed")
CASE = Case("read", dict.fromkeys(FIGURES, PER_SECOND), _measure)
