"""The virtual environment and the pinned packages in it."""

import importlib.util
import sys

from mobilise.bootstrap.places import PYTHON, REQUIREMENTS, VENV, log_file
from mobilise.bootstrap.running import ask, run_quietly
from mobilise.bootstrap.stamps import digest_files, is_fresh, stamp
from mobilise.supervisor.console import Console
from mobilise.supervisor.refusal import Refusal

# What pip says when a package has no wheel for this machine and cannot be built.
NO_COMPILER = ("error: command", "Unable to find", "Failed building wheel", "Failed to build", "cargo", "Python.h")


def require_packages(name: str, console: Console) -> None:
    """Installs requirements/``name``.txt into .venv, if it is not there. Raises Refusal with what to do."""
    lock = REQUIREMENTS / f"{name}.txt"
    digest = f"{sys.version_info[:2]} {digest_files([lock])}"
    if PYTHON.exists() and is_fresh(lock.name, digest):
        return
    require_environment(console)
    console.say(f"Installing the Python packages ({lock.name})…")
    options = ["--require-hashes", "--no-input", "--disable-pip-version-check"]
    if name == "development":
        # Of these packages most modules are never loaded: Python compiles those that are. A server's folder may be
        # closed to those who run there: its modules are compiled here.
        options.append("--no-compile")
    complaint = run_quietly([PYTHON, "-m", "pip", "install", *options, "-r", lock])
    if complaint is not None:
        raise Refusal(explain(complaint))
    stamp(lock.name, digest)


def explain(complaint: str) -> str:
    """pip's failure in one line that says what to do."""
    if any(words in complaint for words in NO_COMPILER):
        cure = "a package has to be built here and cannot: install a C compiler (apt-get install build-essential)"
    elif "No space left" in complaint:
        cure = "the disk is full: make room"
    elif "do not match the hashes" in complaint:
        cure = "a package differs from the one that was pinned: do not go on before you know why"
    else:
        cure = "check the network"
    return f"The Python packages could not be installed; {cure}, then run this again. Details: {log_file()}"


def _is_usable() -> bool:
    """Whether .venv is whole (its making may have been interrupted) and of this Python."""
    version = "import pip, sys; print(*sys.version_info[:2])"
    return ask([PYTHON, "-c", version]) == "{} {}".format(*sys.version_info)


def require_environment(console: Console) -> None:
    """Makes .venv, if it is not there or not of this Python. Raises Refusal with what to do."""
    if _is_usable():
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Refusal(
            "Python's venv module is missing: install it (apt-get install python3-venv), then run this again."
        )
    console.say("Making a virtual environment (.venv)…")
    if run_quietly([sys.executable, "-m", "venv", "--clear", VENV]) is not None:
        raise Refusal(f"The virtual environment could not be made in {VENV}. Details: {log_file()}")
