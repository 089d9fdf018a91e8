"""The hour of the stampede: people open the app, join and arrive, at their own pace, while an alert goes out."""

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count, repeat

from benchmarks import rows
from benchmarks.bench import Bench, Case
from benchmarks.cases.delivery import WARM_UP, WARM_UPS, start_workers
from benchmarks.cases.latency import percentile
from benchmarks.figures import MEBIBYTES, NUMBER, PER_SECOND, RATIO, SECONDS, Wrong
from benchmarks.open_loop import Maker, OpenLoop
from benchmarks.sending import send, wait_until
from benchmarks.site import Site, memory
from benchmarks.subscriptions import DISTINCT_KEYS
from benchmarks.web import make_request, start_web

FOLLOWERS = 100_000
RATE = 300.0
CONNECTIONS = 128
SHARES = {"feed": 0.35, "action": 0.35, "pulse": 0.2, "join": 0.08, "device": 0.02}
GOOD = {"device": 201}
WORKERS = {"postgres": 2, "sqlite": 1}
# The threads of the web processes have met every kind of request, and have what they keep: a third of the measured
# time, as a quick look needs no more, and at most so long.
WARM_UP_SECONDS = 20.0
READS = {"Accept": "application/json", "Accept-Encoding": "gzip"}
JOINED, NEW_DEVICE = b'{"stage":"joined"}', b'{"language":"fr","time_zone":"Europe/Paris"}'
WRITES = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}


def _measure(engine: str, bench: Bench) -> Mapping[str, Sequence[float]]:
    """The alert alone, then another beside the load; one run, as it is long."""
    name, seconds = f"mixed.{engine}", bench.scale.seconds
    warm_up = min(WARM_UP_SECONDS, seconds / 3)
    followers, workers = bench.scale.of(FOLLOWERS, least=500), WORKERS[engine]
    with bench.site(engine, TRUSTED_PROXIES="127.0.0.1") as site:
        bench.say(f"making {followers:,} followers")
        small = site.ask(rows.fill, WARM_UP, [bench.push_service.host], DISTINCT_KEYS)
        large = site.ask(rows.fill, followers, [bench.push_service.host], DISTINCT_KEYS)
        campaign, cookies = site.ask(rows.make_phones, round(RATE * SHARES["join"] * (seconds + warm_up) * 1.5))
        start_workers(site, workers)
        for _ in range(WARM_UPS):
            send(bench, site, small, WARM_UP)
        alone = send(bench, site, large, followers).rate
        port = start_web(site, "/api/v1/feed")
        crowd = Crowd(site, port, site.ask(rows.make_action, campaign), cookies)
        crowd.come(warm_up)
        before = memory(crowd.web)
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(crowd.come, seconds)
            time.sleep(1)
            beside = send(bench, site, large, followers).rate
            loop = coming.result()
        growth = memory(crowd.web) - before
        crowd.check_counts()
    times = [one for load in loop.loads.values() for one in load.times]
    errors = sum(
        number for kind, load in loop.loads.items() for status, number in load.statuses.items() if status != _good(kind)
    )
    return {
        f"{name}.p50": [percentile(times, 0.5)],
        f"{name}.p99": [percentile(times, 0.99)],
        f"{name}.join.p99": [percentile(loop.loads["join"].times, 0.99)],
        f"{name}.errors": [float(errors)],
        f"{name}.alert_alone": [alone],
        f"{name}.alert_beside": [beside],
        f"{name}.alert_share": [beside / alone],
        f"{name}.web.rss.growth": [growth],
    }


def _good(kind: str) -> int:
    return GOOD.get(kind, 200)


class Crowd:
    """People with phones of their own, and addresses of their own, as a proxy in front says."""

    def __init__(self, site: Site, port: int, action: str, cookies: Sequence[str]) -> None:
        self.web = site.last_started.pid
        self._site, self._port, self._action = site, port, action
        self._cookies, self._numbers, self._joined = iter(cookies), count(), 0

    def come(self, seconds: float) -> OpenLoop:
        """RATE a second for so long."""
        actions = f"/api/v1/actions/{self._action}"
        makers: dict[str, Maker] = {
            "feed": partial(next, repeat(make_request("GET", "/api/v1/feed", READS))),
            "action": partial(next, repeat(make_request("GET", actions, READS))),
            "pulse": partial(next, repeat(make_request("GET", f"{actions}/pulse", READS))),
            "join": lambda: self._request(
                "PUT", f"{actions}/participation", b'{"stage":"joined"}', next(self._cookies)
            ),
            "device": lambda: self._request("POST", "/api/v1/devices", b'{"language":"fr","time_zone":"Europe/Paris"}'),
        }
        kinds = {name: (share, makers[name]) for name, share in SHARES.items()}
        loop = OpenLoop(self._port, kinds, connections=CONNECTIONS)
        loop.run(RATE, seconds)
        self._joined += loop.loads["join"].statuses[200]
        return loop

    def check_counts(self) -> None:
        """Raises Wrong unless all that were told so are counted, and nobody else."""
        wait_until(lambda: not self._site.has_lost_a_process, "all processes are there", 1)
        counts = self._site.ask(rows.count_joined, self._action)
        if set(counts.values()) != {self._joined}:
            raise Wrong(f"{self._joined} were told that they take part, counted {counts}")

    def _request(self, method: str, path: str, body: bytes, cookie: str = "") -> bytes:
        number = next(self._numbers)
        address = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        known = {"Cookie": f"__Host-device={cookie}"} if cookie else {}
        return make_request(method, path, {**WRITES, **address, **known}, body)


def _case(engine: str) -> Case:
    name = f"mixed.{engine}"
    seconds = dict.fromkeys((f"{name}.p50", f"{name}.p99", f"{name}.join.p99"), SECONDS)
    alert = {f"{name}.alert_alone": PER_SECOND, f"{name}.alert_beside": PER_SECOND, f"{name}.alert_share": RATIO}
    figures = {**seconds, f"{name}.errors": NUMBER, **alert, f"{name}.web.rss.growth": MEBIBYTES}
    return Case(name, figures, partial(_measure, engine))


SQLITE, POSTGRES = _case("sqlite"), _case("postgres")
