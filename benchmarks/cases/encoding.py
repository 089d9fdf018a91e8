"""Encoding alone, on one core: ours, pywebpush's, and what no encoder can be faster than."""

from collections.abc import Callable, Mapping, Sequence

from cryptography.hazmat.primitives.asymmetric import ec
from pywebpush import WebPusher  # type: ignore[import-untyped]  # it has no types

from benchmarks.bench import Bench, Case, per_second
from benchmarks.figures import PER_SECOND
from benchmarks.payload import make_payload
from benchmarks.subscriptions import Made, make_subscriptions
from mobilise.webpush.encryption import encrypt

MESSAGES = 5_000
CURVE = ec.SECP256R1()


def _measure(bench: Bench) -> Mapping[str, Sequence[float]]:
    """Each message to another subscription, by all three in turn."""
    payload = make_payload()
    made = list(make_subscriptions(bench.scale.of(MESSAGES, least=200), ["push.example"]))
    browsers = [one.as_browser_gives_it() for one in made]
    points = [ec.EllipticCurvePublicKey.from_encoded_point(CURVE, one.p256dh) for one in made]
    ways: dict[str, Callable[[], object]] = {
        "encode.ours": lambda: _ours(made, payload),
        "encode.pywebpush": lambda: _pywebpush(browsers, payload),
        "limit.ecdh": lambda: _limit(points),
    }
    runs: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(bench.scale.runs):
        for name, work in ways.items():
            runs[name].append(per_second(len(made), work))
    return runs


def _ours(made: Sequence[Made], payload: bytes) -> None:
    for one in made:
        encrypt(payload, one.p256dh, one.auth)


def _pywebpush(browsers: Sequence[dict[str, object]], payload: bytes) -> None:
    for one in browsers:
        WebPusher(one).encode(payload)


def _limit(points: Sequence[ec.EllipticCurvePublicKey]) -> None:
    """A fresh key for each message and the exchange with a key that is read already: OpenSSL, and nothing else."""
    algorithm = ec.ECDH()
    for point in points:
        ec.generate_private_key(CURVE).exchange(algorithm, point)


CASE = Case("encode", {"encode.ours": PER_SECOND, "encode.pywebpush": PER_SECOND, "limit.ecdh": PER_SECOND}, _measure)
