"""pywebpush's own way to send, one message after the other: as its documentation has it, and with a shared session."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from pywebpush import webpush  # type: ignore[import-untyped]  # it has no types
from requests import Session

from benchmarks.bench import Bench, Case, per_second
from benchmarks.figures import PER_SECOND, Wrong
from benchmarks.payload import make_payload
from benchmarks.subscriptions import make_subscriptions
from mobilise.webpush.vapid import VapidKey

LOOP_MESSAGES = 600
SESSION_MESSAGES = 2_000
SUBJECT = "mailto:nobody@example.org"
TTL = 3600
HEADERS = {"Urgency": "high", "Topic": "benchmark"}


def _measure(bench: Bench) -> Mapping[str, Sequence[float]]:
    """Both in turn, over TLS that is verified."""
    made = make_subscriptions(bench.scale.of(SESSION_MESSAGES, least=40), [bench.push_service.host])
    browsers = [one.as_browser_gives_it() for one in made]
    few = browsers[: bench.scale.of(LOOP_MESSAGES, least=20)]
    key = VapidKey.generate().to_string()
    runs: dict[str, list[float]] = {"peer.webpush_loop": [], "peer.webpush_session": []}
    for _ in range(bench.scale.runs):
        with _trusting(bench.push_service.ca_file), Session() as session:
            session.verify = bench.push_service.ca_file
            loop = counted(bench, len(few), partial(_send, few, key, None))
            shared = counted(bench, len(browsers), partial(_send, browsers, key, session))
        runs["peer.webpush_loop"].append(loop)
        runs["peer.webpush_session"].append(shared)
    return runs


def counted(bench: Bench, number: int, work: partial[None]) -> float:
    """Per second. Raises Wrong unless as many requests arrived."""
    before = bench.push_service.requests()
    rate = per_second(number, work)
    arrived = bench.push_service.requests() - before
    if arrived != number:
        raise Wrong(f"{number} sent, {arrived} requests at the push service")
    return rate


def _send(browsers: Sequence[dict[str, object]], key: str, session: Session | None) -> None:
    payload = make_payload()
    for one in browsers:
        # The claims are written to: each call gets its own.
        claims: dict[str, str | int] = {"sub": SUBJECT}
        webpush(
            one,
            payload,
            vapid_private_key=key,
            vapid_claims=claims,
            ttl=TTL,
            headers=dict(HEADERS),
            requests_session=session,
        )


@contextmanager
def _trusting(ca_file: str) -> Iterator[None]:
    """requests without a session takes the certificates to trust from the environment alone; no proxy either."""
    before = dict(os.environ)
    os.environ.update(REQUESTS_CA_BUNDLE=ca_file, NO_PROXY="*")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


CASE = Case("peer.pywebpush", {"peer.webpush_loop": PER_SECOND, "peer.webpush_session": PER_SECOND}, _measure)
