"""How a test talks to the push service: subscribe, say how to answer, ask what came."""

import base64
import json
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.patience import PATIENCE
from tests.push_service.behaviours import Behaviour
from tests.push_service.subscriptions import Subscription, make_subscription

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived. Header names are in lower case; `at` in seconds since the epoch."""

    at: float
    host: str
    method: str
    path: str
    token: str
    connection: int
    headers: dict[str, str]
    body: bytes
    subscription: Subscription | None

    def decrypt(self) -> bytes:
        """The plaintext, with the keys of the subscription that `PushService.subscribe` made."""
        assert self.subscription is not None, "not a subscription of this PushService"
        return self.subscription.decrypt(self.body)

    def json(self) -> Any:
        """The plaintext as JSON."""
        return json.loads(self.decrypt())


class PushService:
    """A running push service; use as a context manager, or by the fixture `push_service`.

    `hosts` are the "host:port" it listens on, `silent_host` takes connections and never speaks.
    """

    def __init__(self, folder: Path) -> None:
        self._log = (folder / "stderr.log").open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.push_service", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the push service did not start: {(folder / 'stderr.log').read_text()}")
        ready = json.loads(line)
        self.hosts: list[str] = ready["hosts"]
        self.silent_host: str = ready["silent_host"]
        self.ca_file: str = ready["ca_file"]
        self._control: str = ready["control"]
        self._journal = Path(ready["journal"])
        self._subscriptions: dict[str, Subscription] = {}
        # No proxy from the environment: this is loopback.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the process; what it received can still be asked for."""
        self._process.kill()
        self._process.communicate()
        self._log.close()

    @property
    def extra_hosts(self) -> list[str]:
        """For the operator's list (PUSH_EXTRA_HOSTS)."""
        return [*self.hosts, self.silent_host]

    def subscribe(self, host: str | None = None, name: str = "") -> Subscription:
        """A new subscription, at the first host unless another is given."""
        subscription = make_subscription(host or self.hosts[0], name)
        self._subscriptions[subscription.token] = subscription
        return subscription

    def answer(self, to: Subscription | str = "*", *plan: Behaviour, **behaviour: Any) -> None:
        """How to answer a subscription, a token, a host ("host:port") or, with "*", everything.

        Either the fields of one Behaviour, or several Behaviours one after the other; the last one stays.
        """
        key = to.token if isinstance(to, Subscription) else to
        steps = [*plan, Behaviour(**behaviour)] if behaviour or not plan else [*plan]
        self.answer_many({key: steps})

    def answer_many(self, plans: dict[str, list[Behaviour]]) -> None:
        """The same for many tokens or hosts in one call."""
        self._call("behaviours", {key: [step.to_json() for step in plan] for key, plan in plans.items()})

    def received(self, by: Subscription | str | None = None) -> list[Received]:
        """The requests for a subscription or token, or all, in the order in which they came."""
        token = by.token if isinstance(by, Subscription) else by
        if self._process.poll() is None:
            entries = self._call(f"requests?token={token}" if token else "requests")
        else:
            entries = [json.loads(line) for line in self._journal.read_text().splitlines()]
        return [self._to_received(entry) for entry in entries if token in (None, entry["token"])]

    def counts(self) -> dict[str, int]:
        """How many requests each token received; tokens without any are missing."""
        counts: dict[str, int] = self._call("counts")["tokens"]
        return counts

    def total(self) -> int:
        """How many requests there were at all."""
        return int(self._call("counts")["total"])

    def connections(self, host: str | None = None) -> int:
        """How many TCP connections were made to a host, or to all, ended and failed ones included."""
        return _sum(self._call("counts")["connections"], host)

    def peak(self, host: str) -> int:
        """How many requests a host had under way at once, at most."""
        return _sum(self._call("counts")["peaks"], host)

    def wait_for(self, count: int, by: Subscription | str | None = None, timeout: float = PATIENCE) -> list[Received]:
        """Waits until so many requests came (in all, or for one) and gives them. AssertionError after `timeout` s."""
        token = by.token if isinstance(by, Subscription) else by
        end = time.monotonic() + timeout
        while (seen := self.counts().get(token, 0) if token else self.total()) < count:
            assert time.monotonic() < end, f"{seen} of {count} requests after {timeout} s"
            time.sleep(0.02)
        return self.received(by)

    def reset(self) -> None:
        """Forgets behaviours, requests and subscriptions; open connections stay."""
        self._call("reset", {})
        self._subscriptions.clear()

    def _call(self, path: str, value: Any = None) -> Any:
        data = None if value is None else json.dumps(value).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self._control}/{path}", data=data, headers=headers)  # noqa: S310
        with self._opener.open(request, timeout=60) as response:
            return json.load(response)

    def _to_received(self, entry: dict[str, Any]) -> Received:
        headers = {name.lower(): value for name, value in entry.pop("headers")}
        body = base64.b64decode(entry.pop("body"))
        return Received(**entry, headers=headers, body=body, subscription=self._subscriptions.get(entry["token"]))


def _sum(counts: dict[str, int], host: str | None) -> int:
    return sum(counts.values()) if host is None else counts.get(host, 0)
