"""What stands still does not hold up the run: a browser that no longer answers, a test that never ends."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Error

from tests.browsers.chromium import Chromium
from tests.browsers.waiting import wait_until
from tests.browsers.watchdog import Watchdog, processes_of
from tests.delivering import ROOT
from tests.patience import PATIENCE

pytestmark = pytest.mark.browser

NEVER = "() => new Promise(() => {})"
HANGS_AND_GOES_ON = """
import time

def test_it_hangs():
    time.sleep(600)

def test_it_goes_on():
    pass
"""


def test_a_browser_that_never_answers_is_ended(chromium: Chromium, tmp_path: Path) -> None:
    assert processes_of(tmp_path)
    with Watchdog(tmp_path, seconds=2), pytest.raises(Error, match="closed"):
        chromium.run(NEVER)
    wait_until(lambda: not processes_of(tmp_path), "all of its processes to be gone")


def test_another_browser_is_left_alone(chromium: Chromium, tmp_path: Path) -> None:
    with Watchdog(tmp_path / "elsewhere", seconds=0.1):
        time.sleep(1)
        assert chromium.run("() => 1 + 1") == 2


def test_a_test_that_hangs_is_one_failure(tmp_path: Path) -> None:
    file = tmp_path / "test_hangs.py"
    file.write_text(HANGS_AND_GOES_ON, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-n1", "-p", "no:cacheprovider", "--timeout", "3"]
    ran = subprocess.run(
        [*command, "-c", ROOT / "pyproject.toml", "--confcutdir", tmp_path, file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "1 failed, 1 passed" in ran.stdout
    assert "test_it_hangs" in ran.stdout
