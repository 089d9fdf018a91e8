"""`make bench`: it measures what it says, and says when it did not. No test here looks at how fast anything was."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.bench import Bench, Case
from benchmarks.figures import Figure
from benchmarks.report import table, write
from benchmarks.scale import BadScale, Scale
from mobilise.supervisor.console import Console
from tests.servers.server import Missing, find

ROOT = Path(__file__).resolve().parent.parent
TINY = {"BENCH_N": "500", "BENCH_RUNS": "1"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A tiny run whose files all land in the test's own folder. In CI a missing nginx is a failure."""
    try:
        find("nginx", "nginx-light")
    except Missing as missing:
        pytest.fail(str(missing)) if os.environ.get("CI") else pytest.skip(str(missing))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    return {**os.environ, **TINY, "VAR_DIR": str(tmp_path / "var"), "TMPDIR": str(temporary), "BENCH_NAME": "tiny"}


def run_bench(environment: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks"],
        cwd=ROOT,
        env=environment | more,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_measures_the_cases_it_is_asked_for_and_leaves_nothing_behind(
    environment: dict[str, str], tmp_path: Path
) -> None:
    # Exit status 0: all counts were those of the push service and of the database.
    only = "encode,delivery.sqlite,write.join.sqlite,write.receipts.sqlite,mixed.sqlite"
    ran = run_bench(environment, BENCH_ONLY=only, BENCH_SECONDS="2")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    figures = json.loads((tmp_path / "var" / "bench" / "tiny.json").read_text())
    units = {figure["name"]: figure["unit"] for figure in figures}
    assert units == {
        "encode.ours": "1/s",
        "encode.pywebpush": "1/s",
        "limit.ecdh": "1/s",
        "delivery.sqlite": "1/s",
        "write.join.sqlite": "1/s",
        "write.join.sqlite.p99": "s",
        "write.receipts.sqlite": "1/s",
        "write.receipts.sqlite.p99": "s",
        "mixed.sqlite.p50": "s",
        "mixed.sqlite.p99": "s",
        "mixed.sqlite.join.p99": "s",
        "mixed.sqlite.errors": "number",
        "mixed.sqlite.alert_alone": "1/s",
        "mixed.sqlite.alert_beside": "1/s",
        "mixed.sqlite.alert_share": "ratio",
        "mixed.sqlite.web.rss.growth": "MiB",
    }
    assert [figure for figure in figures if not figure["runs"] or figure["value"] != figure["runs"][0]] == []
    assert list((tmp_path / "temporary").iterdir()) == []
    beside = (tmp_path / "var" / "bench" / "tiny.txt").read_text()
    assert "openssl of cryptography: OpenSSL" in beside
    assert str(ROOT) not in beside
    assert str(tmp_path) not in beside


def test_it_says_what_to_install_when_a_peer_is_missing(environment: dict[str, str], tmp_path: Path) -> None:
    # A virtual environment with a Node of its own is not looked into: there is no way to hide that one.
    if (Path(sys.executable).parent / "node").exists():
        pytest.skip("Node is in the virtual environment")
    ran = run_bench(environment, BENCH_ONLY="encode,peer.node_web_push", PATH=str(tmp_path))

    assert ran.returncode == 1
    assert "not measured: node is missing: install it (apt-get install nodejs npm)" in ran.stdout or (
        "not measured: npm is missing: install it (apt-get install nodejs npm)" in ran.stdout
    )
    figures = {figure["name"]: figure for figure in json.loads((tmp_path / "var" / "bench" / "tiny.json").read_text())}
    assert figures["encode.ours"]["value"] > 0
    assert figures["peer.node_web_push"] == {"name": "peer.node_web_push", "value": None, "unit": "1/s", "runs": []}


def test_each_case_says_that_nginx_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with Bench(tmp_path, Scale(size=10), Console()) as bench:
        for _ in range(2):
            with pytest.raises(Missing, match="nginx is missing"):
                _ = bench.push_service


def test_it_ends_all_that_it_started_when_it_is_stopped(environment: dict[str, str], tmp_path: Path) -> None:
    environment |= {"BENCH_N": "100000", "BENCH_ONLY": "delivery.sqlite", "PYTHONUNBUFFERED": "1"}
    bench = subprocess.Popen(
        [sys.executable, "-m", "benchmarks"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )
    assert bench.stdout is not None
    try:
        # Its servers are up and the rows are being made.
        said = next((line for line in bench.stdout if "making" in line), "it ended")
        bench.send_signal(signal.SIGINT)
        said += bench.communicate(timeout=60)[0]
    finally:
        bench.kill()
    assert said.startswith("  making")
    assert bench.returncode == 130
    assert "Stopped." in said
    assert list((tmp_path / "temporary").iterdir()) == []


def test_it_refuses_a_case_that_is_not_there(environment: dict[str, str]) -> None:
    ran = run_bench(environment, BENCH_ONLY="speed")

    assert ran.returncode == 2
    assert ran.stderr.startswith("BENCH_ONLY: speed names no case. These are there: encode, delivery.postgres,")


@pytest.mark.parametrize("text", ["0", "-3", "many", "1.5"])
def test_it_refuses_an_amount_that_is_none(text: str) -> None:
    with pytest.raises(BadScale, match=f"BENCH_N={text} is no number"):
        Scale.from_environment({"BENCH_N": text})


def test_it_shrinks_all_amounts_alike() -> None:
    scale = Scale.from_environment({"BENCH_N": "20000"})

    assert (scale.of(100_000), scale.of(5_000), scale.of(100, least=60)) == (20_000, 1_000, 60)
    assert Scale(size=300_000).of(5_000) == 5_000
    assert not scale.is_full
    assert (scale.seconds, Scale().seconds, Scale(size=10).seconds) == (12, 60, 3)
    assert Scale.from_environment({"BENCH_N": "10", "BENCH_SECONDS": "600"}).seconds == 600


@pytest.mark.parametrize(
    ("word", "meant"),
    [("delivery", True), ("delivery.postgres", True), ("worker", True), ("delivery.post", False), ("peer", False)],
)
def test_it_finds_a_case_by_a_word(word: str, meant: bool) -> None:
    case = Case("delivery.postgres", {"delivery.postgres": "1/s", "worker.rss": "MiB"}, lambda bench: {})

    assert case.is_meant_by([word]) is meant


def test_it_holds_figures_to_their_targets_and_to_each_other(tmp_path: Path) -> None:
    figures = [
        Figure("delivery.postgres", "1/s", [4_100.0, 5_000.0, 3_000.0]),
        Figure("peer.webpush_loop", "1/s", [205.0]),
        Figure("peer.node_web_push", "1/s", note="node is missing"),
        Figure("worker.rss", "MiB", [240.0]),
    ]
    full = [line.split() for line in table(figures, full=True).splitlines()]

    assert full[1:] == [
        ["delivery.postgres", "4,100", "3,000", "5,000", "1/s", ">=", "4,000", "met"],
        ["peer.webpush_loop", "20.00", "times", ">=", "18", "met"],
        ["peer.webpush_loop", "205.0", "205.0", "205.0", "1/s"],
        ["peer.node_web_push", "-", "not", "measured:", "node", "is", "missing"],
        ["worker.rss", "240.0", "240.0", "240.0", "MiB", "<", "200", "MISSED"],
    ]
    assert "MISSED" not in table(figures, full=False)
    written = json.loads(write(tmp_path, "one", figures, {"cores": "2"}, "the table").read_text())
    assert written[0] == {"name": "delivery.postgres", "value": 4_100.0, "unit": "1/s", "runs": [4_100, 5_000, 3_000]}
