"""On what it was measured. No name of the machine, no path."""

import os
import platform
import re
import ssl
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cryptography.hazmat.backends.openssl import backend

from benchmarks.scale import Scale
from mobilise import __version__
from tests.servers.server import Missing, find

PACKAGES = ("Django", "cryptography", "aiohttp", "psycopg", "granian", "pywebpush", "requests")


def describe_machine(scale: Scale) -> Mapping[str, str]:
    """{fact: value}."""
    packages = {name: _package(name) for name in PACKAGES}
    return {
        "mobilise": __version__,
        "subscriptions of the big delivery (BENCH_N)": str(scale.size),
        "runs (BENCH_RUNS)": str(scale.runs),
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": f"{_memory():.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "openssl of python": ssl.OPENSSL_VERSION,
        "openssl of cryptography": _openssl_of_cryptography(),
        **{name: value for name, value in packages.items() if value},
        "PostgreSQL": _ask("postgres", "/usr/lib/postgresql/*/bin", option="--version"),
        "nginx": _ask("nginx", option="-v"),
        "node": _ask("node", option="--version"),
    }


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _openssl_of_cryptography() -> str:
    return backend.openssl_version_text()


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8") if info.exists() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.processor() or platform.machine()


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3


def _ask(program: str, *places: str, option: str) -> str:
    """The version that a program says it has."""
    try:
        command: list[str | Path] = [find(program, "", *places), option]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # one of the above
    except (Missing, OSError, subprocess.SubprocessError):
        return "not installed"
    found = re.search(r"\d+(\.\d+)+", ran.stdout + ran.stderr)
    return found[0] if found else "unknown"
