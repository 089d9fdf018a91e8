"""The tasks that `make` knows."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mobilise.bootstrap.auditing import audit
from mobilise.bootstrap.bill_of_materials import sbom
from mobilise.bootstrap.checks import TEST_SETTINGS, run_linters, run_tests
from mobilise.bootstrap.front_end import require_front_end, require_node, require_node_packages
from mobilise.bootstrap.parent import parent_was_interrupted
from mobilise.bootstrap.places import FRONTEND, PYTHON, REQUIREMENTS, ROOT, VENV
from mobilise.bootstrap.python_packages import require_environment, require_packages
from mobilise.bootstrap.running import environment, run_openly
from mobilise.supervisor.address import Address
from mobilise.supervisor.console import Console
from mobilise.supervisor.leash import end_with_parent
from mobilise.supervisor.refusal import Refusal
from mobilise.supervisor.run_lock import hold_lock
from mobilise.supervisor.site import serve, var_directory

# The lock files and the optional dependencies (pyproject.toml) that each holds beside the necessary ones.
LOCKS = {"run": [], "distributed": ["distributed"], "development": ["development", "distributed"]}
COMPILE = ("--universal", "--generate-hashes", "--no-header", "--no-emit-index-url", "--no-annotate", "--quiet")
MADE_THINGS = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache")


def run(console: Console) -> int:
    """The whole site, set up first if need be. What would stop it is found before anything is made."""
    address, var = Address.from_environment(), var_directory()
    # However make ends, the site ends with it.
    end_with_parent(os.getppid())
    with hold_lock(var):
        address.require_free()
        require_packages("run", console)
        require_front_end(console)
        return serve(str(PYTHON), address, var, console, parent_was_interrupted)


def install(console: Console) -> int:
    """What a server needs whose services others start (deploy/): packages for all engines, the app."""
    require_packages("distributed", console)
    require_front_end(console)
    return 0


def test(console: Console) -> int:
    """All tests, the front end's included."""
    set_up_development(console)
    require_front_end(console)
    return run_tests(console)


def lint(console: Console) -> int:
    """All linters and type checkers."""
    set_up_development(console)
    return run_linters(console)


def bench(console: Console) -> int:
    """Measures how fast it is, beside others. BENCH_N, BENCH_ONLY: less of it (benchmarks/README.md)."""
    require_packages("development", console)
    # In our place: what it started has to be ended by it, and Ctrl-C must reach nobody else.
    os.chdir(ROOT)
    os.execve(PYTHON, [str(PYTHON), "-m", "benchmarks"], environment())  # noqa: S606  # no shell is wanted


def lock(console: Console) -> int:
    """Writes requirements/*.txt anew from pyproject.toml; pins that still fit stay."""
    require_packages("development", console)
    for name, extras in LOCKS.items():
        wanted = [part for extra in extras for part in ("--extra", extra)]
        target = REQUIREMENTS / f"{name}.txt"
        if run_openly([*_uv("pyproject.toml"), *wanted, "-o", target]):
            raise Refusal(f"{target} could not be written anew.")
    # With the versions that the others have: it is installed beside them.
    beside = ("-c", REQUIREMENTS / "development.txt")
    if run_openly([*_uv(REQUIREMENTS / "audit.in"), *beside, "-o", REQUIREMENTS / "audit.txt"]):
        raise Refusal("requirements/audit.txt could not be written anew.")
    return run_openly([*_uv(REQUIREMENTS / "node.in"), "-o", REQUIREMENTS / "node.txt"])


def messages(console: Console) -> int:
    """Collects and compiles the texts of the admin and of e-mails, in all languages."""
    require_packages("development", console)
    if shutil.which("msgfmt") is None:
        raise Refusal("gettext is missing: install it (apt-get install gettext), then run this again.")
    collect = ["makemessages", "--all", "--no-obsolete", "--no-wrap", "--add-location=file", "--ignore", "frontend"]
    translate = ["compilemessages", "--ignore", ".venv", "--ignore", "frontend"]
    return _manage(*collect) or _manage(*translate)


def clean(console: Console) -> int:
    """Removes what was installed, built or cached. The data (var/) stays."""
    for path in (VENV, FRONTEND / "node_modules", FRONTEND / "dist", *(ROOT / name for name in MADE_THINGS)):
        shutil.rmtree(path, ignore_errors=True)
    return 0


def _manage(*arguments: str) -> int:
    """manage.py with settings that make their own secrets: there may be no site here yet."""
    return run_openly([PYTHON, "manage.py", *arguments], extra=TEST_SETTINGS)


def set_up_development(console: Console) -> None:
    """The packages of both ends, for tests and linters. Raises Refusal with what to do."""
    # Node may have to be installed into the environment, by a pip of its own.
    require_environment(console)
    require_node(console)
    with ThreadPoolExecutor(max_workers=1) as beside:
        # Each of the two keeps one core busy for half a minute.
        front_end = beside.submit(require_node_packages, console)
        require_packages("development", console)
        front_end.result()


def _uv(source: object) -> list[str | Path]:
    return [str(VENV / "bin" / "uv"), "pip", "compile", str(source), *COMPILE]


TASKS: dict[str, Callable[[Console], int]] = {
    task.__name__: task for task in (run, install, test, lint, bench, lock, audit, sbom, messages, clean)
}


def main(arguments: Sequence[str]) -> int:
    """Does the task that is named. Exit status."""
    console = Console()
    if len(arguments) != 1 or arguments[0] not in TASKS:
        sys.stderr.write(f"One of these: {', '.join(TASKS)}\n")
        return 2
    # SIGTERM ends a task as Ctrl-C does; the supervisor has its own way as soon as it runs.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return TASKS[arguments[0]](console)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except KeyboardInterrupt:
        console.say("Stopped.")
        return 130
