"""How `make lint` runs its linters."""

import sys
from pathlib import Path

import pytest

from mobilise.bootstrap.checks import Check, run_side_by_side
from mobilise.supervisor.console import Console

# Ends once the other one has begun: one after the other they would wait for ever.
MEETS = """
import sys, time
from pathlib import Path
Path(sys.argv[1]).touch()
while not Path(sys.argv[2]).exists():
    time.sleep(0.02)
print(f"{sys.argv[3]} begins", flush=True)
time.sleep(0.1)
print(f"{sys.argv[3]} ends")
sys.exit(int(sys.argv[4]))
"""


def test_two_run_at_once_and_each_says_its_own_in_one_piece(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    mine, yours = tmp_path / "one", tmp_path / "two"
    checks = [
        Check("one", [sys.executable, "-c", MEETS, mine, yours, "one", "1"]),
        Check("two", [sys.executable, "-c", MEETS, yours, mine, "two", "0"]),
        Check("three", [sys.executable, "-c", "pass"]),
    ]
    verdicts = run_side_by_side(checks, Console())
    assert [(verdict.name, verdict.status) for verdict in verdicts] == [("one", 1), ("two", 0), ("three", 0)]
    said = [line.split(maxsplit=1)[-1] if "---" in line else line for line in capfd.readouterr().out.splitlines()]
    assert said == ["one", "one begins", "one ends", "two", "two begins", "two ends", "three"]
