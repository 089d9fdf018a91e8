"""What `make lint` and `make test` run, each to its end, so that one look shows all that is wrong."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from mobilise.bootstrap.engines import OtherEngines, on_sqlite
from mobilise.bootstrap.front_end import npm
from mobilise.bootstrap.places import FRONTEND, PYTHON, ROOT
from mobilise.bootstrap.reports import Verdict, failures_of
from mobilise.bootstrap.running import Command, run_and_listen, run_openly
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
    # The longest first, so that none of them is left alone at the end.
    checks = [
        Check("prettier and eslint", [npm(), "run", "--silent", "lint"], FRONTEND),
        Check("mypy", [PYTHON, "-m", "mypy"], environment=TEST_SETTINGS),
        Check("Svelte and TypeScript", [npm(), "run", "--silent", "check"], FRONTEND),
        Check("ruff", [PYTHON, "-m", "ruff", "check", "--quiet", "."]),
        Check("ruff format", [PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."]),
        Check("import order", [PYTHON.with_name("lint-imports"), "--no-logo"]),
        Check("migrations", [*manage, "makemigrations", "--check", "--dry-run"], environment=TEST_SETTINGS),
        Check("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], environment=AS_IN_PRODUCTION),
        Check("API schema", [PYTHON, "-m", "pytest", "--quiet", "tests/test_api_schema.py", "-k", "fresh"]),
    ]
    return _sum_up(run_side_by_side(checks, console), console)


def run_tests(console: Console) -> int:
    """Exit status 0 when every test passes, on every engine."""
    with OtherEngines(console) as others:
        verdicts = [
            _run_one(Check("pytest", on_sqlite(), tests="sqlite"), console),
            _run_one(Check("vitest", [npm(), "run", "--silent", "test"], FRONTEND), console),
            *others.finish(),
        ]
    return _sum_up(verdicts, console)


def run_side_by_side(checks: Sequence[Check], console: Console) -> list[Verdict]:
    """Two at a time, as each keeps one core busy. What each has to say is said in one piece, in this order."""
    with ThreadPoolExecutor(max_workers=2) as lanes:
        verdicts = []
        for check, running in [(check, lanes.submit(_listen_to, check)) for check in checks]:
            verdict, words = running.result()
            console.say(f"--- {check.name}", bold=True)
            if words:
                console.say(words)
            verdicts.append(verdict)
    return verdicts


def _listen_to(check: Check) -> tuple[Verdict, str]:
    began = time.monotonic()
    status, words = run_and_listen(check.command, check.directory, check.environment)
    return Verdict(check.name, status, time.monotonic() - began), words.rstrip()


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
