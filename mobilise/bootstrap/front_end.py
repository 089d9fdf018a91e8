"""Node, the front end's packages, and the built app."""

import re
import shutil

from mobilise.bootstrap.places import FRONTEND, PYTHON, REQUIREMENTS, VENV, log_file
from mobilise.bootstrap.running import Command, ask, environment, run_quietly
from mobilise.bootstrap.stamps import digest_files, is_fresh, stamp
from mobilise.supervisor.console import Console
from mobilise.supervisor.refusal import Refusal

OLDEST_NODE = (20, 19)
# All else in the folder is a source of the built app.
NO_SOURCES = ("node_modules", "dist", "tests")


def require_front_end(console: Console) -> None:
    """Builds frontend/dist, if it is not that of these sources. Raises Refusal with what to do."""
    sources = digest_files(path for path in FRONTEND.iterdir() if path.name not in NO_SOURCES)
    if (FRONTEND / "dist" / "index.html").is_file() and is_fresh("dist", sources):
        return
    require_node_packages(console)
    console.say("Building the app…")
    if run_quietly([npm(), "run", "build"], FRONTEND) is not None:
        raise Refusal(f"The app could not be built. Details: {log_file()}")
    stamp("dist", sources)


def require_node_packages(console: Console) -> None:
    """Installs what package-lock.json pins, if it is not there. Raises Refusal."""
    lock = digest_files([FRONTEND / "package-lock.json", FRONTEND / "package.json"])
    require_node(console)
    if (FRONTEND / "node_modules").is_dir() and is_fresh("node_modules", lock):
        return
    console.say("Installing the front end's packages…")
    if run_quietly([npm(), "ci", "--no-fund", "--no-audit"], FRONTEND) is not None:
        raise Refusal(
            "The front end's packages could not be installed: check the network, then run this again. "
            f"Details: {log_file()}"
        )
    stamp("node_modules", lock)


def require_node(console: Console) -> None:
    """Takes the system's Node, or installs one into .venv. Raises Refusal."""
    if has_node():
        return
    console.say(f"Installing Node into .venv (none of version {OLDEST_NODE[0]} or newer was found)…")
    lock = REQUIREMENTS / "node.txt"
    install: Command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-input",
        "--only-binary",
        ":all:",
        "-r",
        lock,
    ]
    if run_quietly(install) is not None or not has_node():
        raise Refusal(
            f"Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or newer is needed and could not be installed here: "
            f"install it (nodejs.org), then run this again. Details: {log_file()}"
        )


def has_node() -> bool:
    """Whether a Node that is new enough, and npm, can be run."""
    found = re.fullmatch(r"v(\d+)\.(\d+)\..*", ask(["node", "--version"]))
    return bool(found and (int(found[1]), int(found[2])) >= OLDEST_NODE and ask([npm(), "--version"]))


def npm() -> str:
    """npm's path: the one in .venv, if Node was installed there."""
    return shutil.which("npm", path=environment()["PATH"]) or str(VENV / "bin" / "npm")
