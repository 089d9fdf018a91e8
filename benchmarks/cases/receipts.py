"""Phones that report that they showed an alert: each once, over the API, and all of them counted."""

import json
from collections.abc import Mapping, Sequence
from functools import partial

from benchmarks import rows
from benchmarks.bench import Bench, Case
from benchmarks.cases.latency import percentile
from benchmarks.figures import PER_SECOND, SECONDS, Wrong
from benchmarks.load import put_load
from benchmarks.site import Site
from benchmarks.web import make_request, start_web

RECEIPTS = 8_000
WARM_UP = 200
CONNECTIONS = 32
HEADERS = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}


def _measure(engine: str, bench: Bench) -> Mapping[str, Sequence[float]]:
    """Each run another alert."""
    name = f"write.receipts.{engine}"
    rates, slowest = [], []
    with bench.site(engine) as site:
        port = start_web(site, "/api/v1/feed")
        _report(site, port, WARM_UP)
        for _ in range(bench.scale.runs):
            rate, p99 = _report(site, port, bench.scale.of(RECEIPTS, least=300))
            rates.append(rate)
            slowest.append(p99)
    return {name: rates, f"{name}.p99": slowest}


def _report(site: Site, port: int, number: int) -> tuple[float, float]:
    """(receipts per second, p99 in seconds). Raises Wrong when an answer was not 204 or a count is not exact."""
    alert, nonces = site.ask(rows.make_receipts, number)
    bodies = (json.dumps({"event": "shown", "nonce": nonce}).encode() for nonce in nonces)
    requests = [make_request("POST", f"/api/v1/alerts/{alert}/receipts", HEADERS, body) for body in bodies]
    load = put_load(port, requests, connections=CONNECTIONS)
    counts = site.ask(rows.count_receipts, alert)
    if load.statuses != {204: number} or set(counts.values()) != {number}:
        raise Wrong(f"{number} receipts, answers by status {dict(load.statuses)}, counted {counts}")
    return load.rate, percentile(load.times, 0.99)


def _case(engine: str) -> Case:
    name = f"write.receipts.{engine}"
    return Case(name, {name: PER_SECOND, f"{name}.p99": SECONDS}, partial(_measure, engine))


SQLITE, POSTGRES = _case("sqlite"), _case("postgres")
