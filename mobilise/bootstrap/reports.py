"""What failed in a pass of the tests, said again at the very end: the passes beside SQLite's say thousands of lines."""

from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from mobilise.bootstrap.places import ROOT

FOLDER = ROOT / "var" / "tests"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a check went: exit status, seconds, and which of its tests failed."""

    name: str
    status: int
    seconds: float
    failures: list[str] = field(default_factory=list)


def report_option(name: str) -> str:
    """The option that has pytest write the report of the pass ``name`` (JUnit's XML, as CI servers read it)."""
    report = _report(name)
    report.parent.mkdir(parents=True, exist_ok=True)
    # Should the pass end before it writes one, the last one is not taken for it.
    report.unlink(missing_ok=True)
    return f"--junitxml={report}"


def failures_of(name: str) -> list[str]:
    """The tests of the pass ``name`` that failed, or could not begin or end well; or that there is no report."""
    report = _report(name)
    if not report.exists():
        return ["it ended before it wrote its report"]
    # Written by our own pytest a moment ago.
    cases = ElementTree.parse(report).iter("testcase")  # noqa: S314
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return list(dict.fromkeys(f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}" for case in bad))


def _report(name: str) -> Path:
    return FOLDER / f"{name}.xml"
