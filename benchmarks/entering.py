"""The settings of a throw-away site, and Django set up with them: done before anything imports a model."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import django

from mobilise.supervisor.leash import end_with_parent

# All else may be a setting of the caller's own site, which has no business here.
KEPT = frozenset({"PATH", "HOME", "TMPDIR", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "NO_COLOR", "LD_LIBRARY_PATH"})
KEPT_BEGINNINGS = ("BENCH_", "LC_", "NODE_", "NPM_", "npm_", "HTTP", "http", "NO_PROXY", "no_proxy", "SSL_CERT_")


def site_environment(folder: Path, secrets: Mapping[str, str], **values: str) -> dict[str, str]:
    """As a site in production has it, with its data in ``folder``."""
    inherited = {name: value for name, value in os.environ.items() if name in KEPT or name.startswith(KEPT_BEGINNINGS)}
    return {
        **inherited,
        **secrets,
        "DJANGO_SETTINGS_MODULE": "mobilise.settings",
        "DEBUG": "0",
        "SITE_URL": "https://mobilise.example",
        "ALLOWED_HOSTS": "mobilise.example",
        "VAPID_SUBJECT": "mailto:nobody@example.org",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'mobilise.sqlite3'}",
        "PYTHONUNBUFFERED": "1",
        **values,
    }


def enter(environment: Mapping[str, str]) -> None:
    """From now on this process works on the site with this environment."""
    os.environ.clear()
    os.environ.update(environment)
    django.setup()


def enter_as_child(environment: Mapping[str, str], parent: int) -> None:
    """The same for a process that another one of the run has started. It ends with that one, not by Ctrl-C."""
    end_with_parent(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdin.close()
    enter(environment)
