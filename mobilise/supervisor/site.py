"""The site's services on the embedded default, and what they are told by the environment."""

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from mobilise.supervisor.address import Address
from mobilise.supervisor.console import Console
from mobilise.supervisor.refusal import Refusal
from mobilise.supervisor.sealed_secrets import open_secrets
from mobilise.supervisor.service import Service
from mobilise.supervisor.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent
QUEUES = ("delivery", "retries", "interactive", "maintenance")
MOST_WEB_PROCESSES = 2
# So many gestures of a crowd share one transaction (docs/adr/0032): most threads wait. Granian warns of so many, which
# it takes to be working; what goes wrong is an error to it.
MOST_WEB_THREADS = 16
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def var_directory() -> Path:
    """Where the data lies: VAR_DIR, var/ by default."""
    return Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve()


def is_local(environment: dict[str, str]) -> bool:
    """Whether the site is for this machine alone: then it may be a demo without second factor."""
    return urlsplit(environment["SITE_URL"]).hostname in LOOPBACK


def site_environment(address: Address, var: Path) -> dict[str, str]:
    """What the services get: the environment's own values come first."""
    defaults = {
        "SITE_URL": address.url,
        "PORT": str(address.port),
        "VAR_DIR": str(var),
        "PYTHONUNBUFFERED": "1",
        "LOG_FORMAT": "short",  # the console writes the time of each line
    }
    environment = {**defaults, **os.environ}
    if is_local(environment):
        environment.setdefault("REQUIRE_MFA", "0")
        environment.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
    return environment


def site_services(python: str, address: Address) -> list[Service]:
    """Web, scheduler, and one worker per queue."""
    cores = os.cpu_count() or 1
    threads = min(MOST_WEB_THREADS, 8 * cores)
    web = (
        *(python, "-m", "granian", "mobilise.wsgi:application", "--interface", "wsgi"),
        *("--host", address.host, "--port", str(address.port), "--workers", str(_web_processes(cores))),
        *("--blocking-threads", str(threads), "--backpressure", str(threads * 16), "--no-access-log"),
        *("--log-level", "error", "--respawn-failed-workers", "--workers-kill-timeout", "1"),
    )
    workers = [Service(queue, (python, "manage.py", "worker", "--queue", queue)) for queue in QUEUES]
    return [Service("web", web), Service("scheduler", (python, "manage.py", "scheduler")), *workers]


def _web_processes(cores: int) -> int:
    """WEB_PROCESSES, or as many as there are cores, two at most. Raises Refusal."""
    text = os.environ.get("WEB_PROCESSES") or str(min(MOST_WEB_PROCESSES, cores))
    if not text.isdecimal() or int(text) < 1:
        raise Refusal(f"WEB_PROCESSES={text} is no number of processes: use 1 or more.")
    return int(text)


def serve(
    python: str,
    address: Address,
    var: Path,
    console: Console,
    should_stop: Callable[[], bool] = lambda: False,
) -> int:
    """Prepares the data, then runs all services with the interpreter ``python`` until asked to stop. Exit status."""
    services = site_services(python, address)
    os.umask(0o077)
    environment = site_environment(address, var) | open_secrets(python, var, ROOT)
    prepared = subprocess.run([python, "-m", "mobilise.supervisor.prepare"], env=environment, cwd=ROOT, check=False)
    if prepared.returncode:
        return prepared.returncode
    supervisor = Supervisor(services, console, directory=ROOT, environment=environment)
    supervisor.run(_announcer(address, environment, console), should_stop)
    return 0


def _announcer(address: Address, environment: dict[str, str], console: Console) -> Callable[[], bool]:
    """Says where everything is, once the web server answers."""

    def announce() -> bool:
        host = urlsplit(address.url).hostname
        try:
            socket.create_connection((host, address.port), timeout=1).close()
        except OSError:
            return False
        site = environment["SITE_URL"]
        console.say()
        console.say(f"  App     {site}/", bold=True)
        console.say(f"  Admin   {site}/admin/", bold=True)
        console.say(f"  API     {site}/api/v1/docs", bold=True)
        if environment.get("REQUIRE_MFA") == "0":
            console.say("  For this machine only: no second factor is asked for (REQUIRE_MFA=0).")
        console.say("  Ctrl-C stops everything; the data stays.")
        console.say()
        return True

    return announce
