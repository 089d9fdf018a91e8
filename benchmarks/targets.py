"""What the figures are held to: against a number, or against another figure of the same run."""

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.figures import Figure


@dataclass(frozen=True, slots=True)
class Target:
    """``value`` must be at least ``least``, or at most ``most``; ``of`` says what a ratio is to."""

    of: str
    value: float
    least: float | None
    most: float | None

    @property
    def said(self) -> str:
        """The target in words; "" for a comparison without one."""
        if self.least is not None:
            return f">= {self.least:,g}"
        return f"< {self.most:,g}" if self.most is not None else ""

    def verdict(self, full: bool) -> str:
        """Whether it is met; nothing when less was measured than it is meant for."""
        if not full or not self.said:
            return ""
        met = self.value >= self.least if self.least is not None else self.value < (self.most or 0.0)
        return "met" if met else "MISSED"


# figure -> (least, most)
NUMBERS: dict[str, tuple[float | None, float | None]] = {
    "delivery.postgres": (4_000, None),
    "delivery.sqlite": (2_500, None),
    "worker.rss": (None, 200),
    "worker.rss.growth": (None, 20),
    "latency.first.p99": (None, 2),
    "slow_host.share": (0.9, None),
    "read.feed": (5_000, None),
    "read.pulse": (5_000, None),
    "write.join.sqlite": (800, None),
    "write.join.postgres": (800, None),
    "write.join.sqlite.p99": (None, 0.25),
    "write.join.postgres.p99": (None, 0.25),
    "write.receipts.sqlite": (1_500, None),
    "write.receipts.postgres": (1_500, None),
    **{
        f"mixed.{engine}.{name}": target
        for engine in ("postgres", "sqlite")
        for name, target in {
            "p99": (None, 0.5),
            "errors": (None, 1),
            "alert_share": (0.67, None),
            "web.rss.growth": (None, 20),
        }.items()
    },
}
for _page in ("feed", "campaign", "hashtag"):
    NUMBERS |= {
        f"lighthouse.{_page}.performance": (95, None),
        f"lighthouse.{_page}.accessibility": (100, None),
        f"lighthouse.{_page}.best_practices": (100, None),
        f"lighthouse.{_page}.usable": (None, 2),
    }
# figure -> {other figure: how many times it, or None where only the comparison is of interest}
RATIOS: dict[str, dict[str, float | None]] = {
    "delivery.postgres": {"peer.webpush_loop": 18, "peer.webpush_session": None, "peer.node_web_push": 4},
    "encode.ours": {"encode.pywebpush": 1.7, "limit.ecdh": None},
    "read.feed": {"peer.plain_drf_feed": 8},
}


def target_of(figure: Figure) -> Target | None:
    """The number that it is held to, if any."""
    if figure.value is None or figure.name not in NUMBERS:
        return None
    return Target("", figure.value, *NUMBERS[figure.name])


def ratios_of(figure: Figure, measured: Mapping[str, Figure]) -> list[Target]:
    """How many times it is what else was measured."""
    found = []
    for name, times in RATIOS.get(figure.name, {}).items():
        other = measured.get(name)
        if figure.value and other and other.value:
            found.append(Target(name, figure.value / other.value, times, None))
    return found
