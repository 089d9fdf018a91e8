"""What `make test` says at its very end of what failed."""

import subprocess
import sys
from pathlib import Path

import pytest

from mobilise.bootstrap import reports
from mobilise.bootstrap.reports import failures_of, report_option

TESTS = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError

def test_good(): pass

def test_bad(): assert 1 == 2

def test_cannot_begin(broken): pass

@pytest.mark.parametrize("number", [1, 2])
def test_number(number): assert number == 1
"""


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Beside the reports of the run that this test is part of."""
    monkeypatch.setattr(reports, "FOLDER", tmp_path / "reports")


def test_each_test_that_failed_is_named(tmp_path: Path):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "__init__.py").touch()
    (tmp_path / "tests" / "test_some.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")

    option = report_option("trial")
    without = ["-p", "no:cacheprovider", "-p", "no:django"]
    subprocess.run([sys.executable, "-m", "pytest", "-q", *without, option], cwd=tmp_path, check=False)

    assert failures_of("trial") == [
        "tests/test_some.py::test_bad",
        "tests/test_some.py::test_cannot_begin",
        "tests/test_some.py::test_number[2]",
    ]


def test_a_pass_that_ended_early_is_not_taken_for_the_one_before():
    earlier = Path(report_option("trial").partition("=")[2])
    earlier.write_text("<testsuites/>")

    report_option("trial")

    assert failures_of("trial") == ["it ended before it wrote its report"]
