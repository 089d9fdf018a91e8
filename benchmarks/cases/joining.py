"""Phones that say "I'm in": each once, over the API, and all of them counted."""

from collections.abc import Mapping, Sequence
from functools import partial

from benchmarks import rows
from benchmarks.bench import Bench, Case
from benchmarks.cases.latency import percentile
from benchmarks.figures import PER_SECOND, SECONDS, Wrong
from benchmarks.load import put_load
from benchmarks.site import Site
from benchmarks.web import make_request, start_web

PHONES = 5_000
WARM_UP = 200
CONNECTIONS = 32
BODY = b'{"stage":"joined"}'


def _measure(engine: str, bench: Bench) -> Mapping[str, Sequence[float]]:
    """Each run another action; the phones have addresses of their own, as a proxy in front says."""
    name = f"write.join.{engine}"
    rates, slowest = [], []
    with bench.site(engine, TRUSTED_PROXIES="127.0.0.1") as site:
        campaign, cookies = site.ask(rows.make_phones, bench.scale.of(PHONES, least=300))
        port = start_web(site, "/api/v1/feed")
        _join(site, port, campaign, cookies[:WARM_UP])
        for _ in range(bench.scale.runs):
            rate, p99 = _join(site, port, campaign, cookies)
            rates.append(rate)
            slowest.append(p99)
    return {name: rates, f"{name}.p99": slowest}


def _join(site: Site, port: int, campaign: int, cookies: Sequence[str]) -> tuple[float, float]:
    """(joins per second, p99 in seconds). Raises Wrong when an answer was not 200 or a count is not exact."""
    action = site.ask(rows.make_action, campaign)
    path = f"/api/v1/actions/{action}/participation"
    requests = [make_request("PUT", path, _headers(number, cookie), BODY) for number, cookie in enumerate(cookies)]
    load = put_load(port, requests, connections=CONNECTIONS)
    counts = site.ask(rows.count_joined, action)
    if load.statuses != {200: len(cookies)} or set(counts.values()) != {len(cookies)}:
        raise Wrong(f"{len(cookies)} phones, answers by status {dict(load.statuses)}, counted {counts}")
    return load.rate, percentile(load.times, 0.99)


def _headers(number: int, cookie: str) -> dict[str, str]:
    return {
        "Cookie": f"__Host-device={cookie}",
        "Content-Type": "application/json",
        "Sec-Fetch-Site": "same-origin",
        "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    }


def _case(engine: str) -> Case:
    name = f"write.join.{engine}"
    return Case(name, {name: PER_SECOND, f"{name}.p99": SECONDS}, partial(_measure, engine))


SQLITE, POSTGRES = _case("sqlite"), _case("postgres")
