"""node's web-push, 100 in flight on kept-alive connections."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench, Case
from benchmarks.cases.peers import SUBJECT, TTL
from benchmarks.figures import PER_SECOND, NotMeasured, Wrong
from benchmarks.payload import make_payload
from benchmarks.subscriptions import make_subscriptions
from mobilise.bootstrap.running import ask, environment, run_quietly
from mobilise.webpush.vapid import VapidKey

FOLDER = Path(__file__).resolve().parent.parent / "node"
MESSAGES = 4_000
IN_FLIGHT = 100
MOST_SECONDS = 600.0


def _measure(bench: Bench) -> Mapping[str, Sequence[float]]:
    _require_package(bench)
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
        [_find("node"), FOLDER / "send.mjs"],
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


def _require_package(bench: Bench) -> None:
    """Installs what package-lock.json pins, if it is not there. Raises NotMeasured with what to do."""
    installed = FOLDER / "node_modules" / ".package-lock.json"
    lock = FOLDER / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    if not ask([_find("npm"), "--version"]):
        raise NotMeasured("npm cannot be run: install it (apt-get install npm)")
    bench.say("installing node's web-push")
    complaint = run_quietly([_find("npm"), "ci", "--no-fund", "--no-audit"], FOLDER)
    if complaint is not None:
        bench.say(complaint)
        raise NotMeasured("node's web-push could not be installed: check the network (npm ci in benchmarks/node)")


def _find(program: str) -> str:
    found = shutil.which(program, path=environment()["PATH"])
    if found is None:
        raise NotMeasured(f"{program} is missing: install it (apt-get install nodejs npm)")
    return found


CASE = Case("peer.node_web_push", {"peer.node_web_push": PER_SECOND}, _measure)
