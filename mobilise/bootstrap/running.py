"""Running other programs: quietly, with their words in a log, or in the open."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from mobilise.bootstrap.places import ROOT, VENV, log_file

Command = Sequence[str | Path]


def environment() -> dict[str, str]:
    """The caller's environment with the virtual environment's programs first.

    Python keeps what it compiled, whatever is set otherwise: the tests start hundreds of processes of the same code.
    """
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": ""}


def run_quietly(command: Command, directory: Path = ROOT) -> str | None:
    """Runs ``command`` with its output added to the log. None when all went well, else what it said at the end."""
    log = log_file()
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("ab") as file:
        file.write(f"\n$ {' '.join(map(str, command))}\n".encode())
        file.flush()
        begin = file.tell()
        status = subprocess.run(
            command,
            cwd=directory,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    return log.read_bytes()[begin:].decode(errors="replace") if status else None


def run_openly(command: Command, directory: Path = ROOT, extra: Mapping[str, str] | None = None) -> int:
    """Runs ``command`` on the caller's terminal. Exit status."""
    env = {**environment(), **(extra or {})}
    return subprocess.run(command, cwd=directory, env=env, stdin=subprocess.DEVNULL, check=False).returncode


def run_and_listen(command: Command, directory: Path, extra: Mapping[str, str]) -> tuple[int, str]:
    """Exit status, and all that ``command`` said."""
    done = subprocess.run(
        command,
        cwd=directory,
        env={**environment(), **extra},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.returncode, done.stdout.decode(errors="replace")


def ask(command: Command) -> str:
    """The first line that ``command`` prints; empty when it cannot be run or fails."""
    try:
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.partition("\n")[0].strip()
