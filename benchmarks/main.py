"""One run: the cases in order, a table, the files. Exit status 0 when all that was asked for was measured."""

import os
import signal
import sys
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import report
from benchmarks.bench import Bench, Case
from benchmarks.cases import (
    delivery,
    encoding,
    growth,
    joining,
    latency,
    lighthouse,
    mixed,
    node,
    peers,
    reading,
    receipts,
    slow_host,
)
from benchmarks.figures import Figure, NotMeasured, Wrong
from benchmarks.machine import describe_machine
from benchmarks.scale import BadScale, Scale, selection
from mobilise.supervisor.console import Console
from tests.servers import Missing

CASES: tuple[Case, ...] = (
    encoding.CASE,
    delivery.POSTGRES,
    delivery.SQLITE,
    peers.CASE,
    node.CASE,
    growth.CASE,
    slow_host.CASE,
    latency.CASE,
    reading.CASE,
    joining.SQLITE,
    joining.POSTGRES,
    receipts.SQLITE,
    receipts.POSTGRES,
    mixed.POSTGRES,
    mixed.SQLITE,
    lighthouse.CASE,
)
INTERRUPTED = 130


def main(folder: Path, results: Path) -> int:
    """Measures what BENCH_ONLY names, all by default, in ``folder``; writes the figures to the folder ``results``."""
    console = Console()
    try:
        scale, cases = Scale.from_environment(os.environ), _choose(selection())
    except (BadScale, NotMeasured) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        with Bench(folder, scale, console) as bench:
            figures = [figure for case in cases for figure in _measure(case, bench)]
    except KeyboardInterrupt:
        console.say("Stopped. Nothing was written.")
        return INTERRUPTED
    shown = report.table(figures, full=scale.is_full)
    name = os.environ.get("BENCH_NAME") or f"{datetime.now(UTC):%Y%m%d-%H%M%S}"
    file = report.write(results, name, figures, describe_machine(scale), shown)
    console.say(f"\n{shown}\n\n{file}")
    return int(any(figure.value is None for figure in figures))


def _stop(*_: object) -> None:
    """Ctrl-C, once: impatience must not leave a server behind."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _choose(words: Sequence[str]) -> list[Case]:
    """The cases that the words name, in our order; all without a word. Raises NotMeasured for a word without a case."""
    for word in words:
        if not any(case.is_meant_by([word]) for case in CASES):
            raise NotMeasured(f"BENCH_ONLY: {word} names no case. These are there: {', '.join(c.name for c in CASES)}")
    return [case for case in CASES if not words or case.is_meant_by(words)]


def _measure(case: Case, bench: Bench) -> list[Figure]:
    """The case's figures; without runs when it could not be measured, or what it counted was wrong."""
    bench.console.say(f"--- {case.name}", bold=True)
    try:
        runs = case.measure(bench)
    except (NotMeasured, Missing, Wrong) as error:
        return _missed(case, bench, str(error))
    except Exception as error:
        # A bug in one case does not cost what the others measured.
        traceback.print_exc()
        return _missed(case, bench, f"it failed with {type(error).__name__}")
    return [Figure(name, unit, runs[name]) for name, unit in case.figures.items()]


def _missed(case: Case, bench: Bench, why: str) -> list[Figure]:
    bench.say(why)
    return [Figure(name, unit, note=why.partition("\n")[0]) for name, unit in case.figures.items()]
