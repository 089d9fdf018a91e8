"""What `make lint` and `make test` run, each to its end, so that one look shows all that is wrong."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mobilise.bootstrap.engines import OtherEngines, on_sqlite
from mobilise.bootstrap.front_end import npm
from mobilise.bootstrap.places import FRONTEND, PYTHON, ROOT
from mobilise.bootstrap.reports import Verdict, failures_of
from mobilise.bootstrap.running import Command, run_openly
from mobilise.supervisor.console import Console

# Settings that make their own secrets; those of production are asked for by address and switches.
TEST_SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
AS_IN_PRODUCTION = {**TEST_SETTINGS, "SITE_URL": "https://mobilise.example", "DEBUG": "0", "REQUIRE_MFA": "1"}
AS_IN_PRODUCTION |= {"SOURCE_URL": "https://code.example/mobilise"}


@dataclass(frozen=True, slots=True)
class Check:
    """A name and the command whose exit status is the verdict."""

    name: str
    command: Command
    directory: Path = ROOT
    environment: dict[str, str] = field(default_factory=dict)
    # The pass of the tests that this is, if any: it leaves a report.
    tests: str = ""


def run_linters(console: Console) -> int:
    """Exit status 0 when every linter is content."""
    manage: Command = [PYTHON, "manage.py"]
    checks = [
        Check("ruff", [PYTHON, "-m", "ruff", "check", "--quiet", "."]),
        Check("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."]),
        Check("mypy", [PYTHON, "-m", "mypy"], environment=TEST_SETTINGS),
        Check("import order", [PYTHON.with_name("lint-imports"), "--no-logo"]),
        Check("migrations", [*manage, "makemigrations", "--check", "--dry-run"], environment=TEST_SETTINGS),
        Check("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], environment=AS_IN_PRODUCTION),
        Check("API schema", [PYTHON, "-m", "pytest", "--quiet", "tests/test_api_schema.py", "-k", "fresh"]),
        Check("Svelte and TypeScript", [npm(), "run", "--silent", "check"], FRONTEND),
        Check("prettier and eslint", [npm(), "run", "--silent", "lint"], FRONTEND),
    ]
    return _run_all(checks, console)


def run_tests(console: Console) -> int:
    """Exit status 0 when every test passes, on every engine."""
    with OtherEngines(console) as others:
        verdicts = [
            _run_one(Check("pytest", on_sqlite(), tests="sqlite"), console),
            _run_one(Check("vitest", [npm(), "run", "--silent", "test"], FRONTEND), console),
            *others.finish(),
        ]
    return _sum_up(verdicts, console)


def _run_all(checks: Sequence[Check], console: Console) -> int:
    """Runs all, then says how each went."""
    return _sum_up([_run_one(check, console) for check in checks], console)


def _run_one(check: Check, console: Console) -> Verdict:
    console.say(f"--- {check.name}", bold=True)
    began = time.monotonic()
    status = run_openly(check.command, check.directory, check.environment)
    failures = failures_of(check.tests) if status and check.tests else []
    return Verdict(check.name, status, time.monotonic() - began, failures)


def _sum_up(verdicts: Sequence[Verdict], console: Console) -> int:
    console.say()
    for one in verdicts:
        console.say(f"{'failed' if one.status else 'passed'}  {one.seconds:6.1f} s  {one.name}", bold=bool(one.status))
        for failure in one.failures:
            console.say(f"          {failure}")
    return int(any(one.status for one in verdicts))
