"""node's web-push, 100 in flight on kept-alive connections."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench, Case
from benchmarks.cases.peers import SUBJECT, TTL
from benchmarks.figures import PER_SECOND, Wrong
from benchmarks.npm import find_program, require_packages
from benchmarks.payload import make_payload
from benchmarks.subscriptions import make_subscriptions
from mobilise.webpush.vapid import VapidKey

FOLDER = Path(__file__).resolve().parent.parent / "node"
MESSAGES = 4_000
IN_FLIGHT = 100
MOST_SECONDS = 600.0


def _measure(bench: Bench) -> Mapping[str, Sequence[float]]:
    require_packages(bench, FOLDER, "node's web-push")
    made = make_subscriptions(bench.scale.of(MESSAGES, least=200), [bench.push_service.host])
    key = VapidKey.generate()
    task: dict[str, Any] = {
        "subscriptions": [one.as_browser_gives_it() for one in made],
        "payload": make_payload().decode(),
        "inFlight": IN_FLIGHT,
        "vapid": {"subject": SUBJECT, "publicKey": key.public_key, "privateKey": key.to_string()},
        "ttl": TTL,
    }
    number = len(task["subscriptions"])
    return {"peer.node_web_push": [_send(bench, json.dumps(task), number) for _ in range(bench.scale.runs)]}


def _send(bench: Bench, task: str, number: int) -> float:
    """Per second by its own clock, so without the time that node takes to start."""
    before = bench.push_service.requests()
    ran = subprocess.run(  # noqa: S603  # our own file
        [find_program("node"), FOLDER / "send.mjs"],
        input=task.encode(),
        env={**os.environ, "NODE_EXTRA_CA_CERTS": bench.push_service.ca_file},
        cwd=FOLDER,
        capture_output=True,
        check=False,
        timeout=MOST_SECONDS,
    )
    if ran.returncode:
        raise Wrong(f"node's web-push failed: {ran.stderr.decode(errors='replace')[-1000:]}")
    said = json.loads(ran.stdout)
    arrived = bench.push_service.requests() - before
    if not said["accepted"] == arrived == number:
        raise Wrong(f"{number} sent, {said['accepted']} accepted, {arrived} requests at the push service")
    return float(number / said["seconds"])


CASE = Case("peer.node_web_push", {"peer.node_web_push": PER_SECOND}, _measure)
