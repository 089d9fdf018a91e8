"""Node, and the packages of a folder here as its package-lock.json pins them."""

import shutil
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.figures import NotMeasured
from mobilise.bootstrap.running import ask, environment, run_quietly


def require_packages(bench: Bench, folder: Path, name: str) -> None:
    """Installs them, if they are not there. Raises NotMeasured with what to do."""
    installed = folder / "node_modules" / ".package-lock.json"
    lock = folder / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    if not ask([find_program("npm"), "--version"]):
        raise NotMeasured("npm cannot be run: install it (apt-get install npm)")
    bench.say(f"installing {name}")
    complaint = run_quietly([find_program("npm"), "ci", "--no-fund", "--no-audit"], folder)
    if complaint is not None:
        bench.say(complaint)
        raise NotMeasured(f"{name} could not be installed: check the network (npm ci in benchmarks/{folder.name})")


def find_program(program: str, package: str = "nodejs npm") -> str:
    """Its path. Raises NotMeasured with the Debian packages to install."""
    found = shutil.which(program, path=environment()["PATH"])
    if found is None:
        raise NotMeasured(f"{program} is missing: install it (apt-get install {package})")
    return found
