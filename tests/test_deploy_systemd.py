"""The systemd units of deploy/: systemd accepts them, they are hardened, and their commands are the site's."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
UNITS = ROOT / "deploy" / "systemd"
SERVICES = ["mobilise-web.service", "mobilise-scheduler.service", "mobilise-backup.service"]
WORKERS = [f"mobilise-worker@{queue}.service" for queue in (*settings.TASKS["default"]["QUEUES"], "delivery-2")]
# systemd's own scale: 0 is closed, 100 is wide open. Ours need the network, and no more.
MOST_EXPOSED = 16


@pytest.fixture(scope="module")
def systemd_analyze() -> str:
    """Without it the test is skipped, in CI it fails."""
    path = shutil.which("systemd-analyze")
    if path is None:
        complaint = "systemd-analyze is missing: apt-get install systemd"
        pytest.fail(complaint) if os.environ.get("CI") else pytest.skip(complaint)
    return path


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, for a tree that lies here instead of in /opt/mobilise."""
    units = tmp_path / "units"
    shutil.copytree(UNITS, units)
    bin_folder = tmp_path / "opt" / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    (bin_folder / "python").symlink_to(sys.executable)
    for file in [path for path in units.rglob("*") if path.is_file()]:
        file.write_text(file.read_text().replace("/opt/mobilise", str(tmp_path / "opt")))
    return units


def run(*command: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)


def test_systemd_accepts_all_of_them(systemd_analyze: str, installed: Path) -> None:
    names = [*SERVICES, *WORKERS, "mobilise.target", "mobilise-backup.timer"]
    files = {re.sub("@.*[.]", "@.", name) for name in names}
    assert files == {path.name for path in UNITS.iterdir() if path.suffix in (".service", ".target", ".timer")}
    units = [installed / name for name in names]
    verified = run(systemd_analyze, "verify", "--man=no", "--recursive-errors=yes", *units)
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")


@pytest.mark.parametrize("name", [*SERVICES, "mobilise-worker@.service"])
def test_all_of_them_are_hardened(systemd_analyze: str, installed: Path, name: str) -> None:
    options = ("--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager")
    looked = run(systemd_analyze, "security", *options, installed / name)
    assert looked.returncode == 0, looked.stdout[-300:]
    assert "✓ NoNewPrivileges=" in looked.stdout
    assert "✓ ProtectHome=" in looked.stdout


def test_no_memory_of_theirs_reaches_a_disk() -> None:
    # Of all units at once, as their names begin with "mobilise-".
    shared = (UNITS / "mobilise-.service.d" / "shared.conf").read_text().splitlines()
    assert {"LimitCORE=0", "MemorySwapMax=0"} <= set(shared)
    own = "".join((UNITS / name).read_text() for name in [*SERVICES, "mobilise-worker@.service"])
    assert re.findall(r"LimitCORE|MemorySwapMax", own) == []


def test_a_worker_takes_the_queue_before_the_dash() -> None:
    line = re.search(r"^ExecStart=(.*)$", (UNITS / "mobilise-worker@.service").read_text(), re.MULTILINE)
    assert line is not None
    asked = {}
    for instance in ("delivery", "delivery-2", "retries", "interactive-10"):
        # As systemd reads it.
        command = shlex.split(line[1].replace("%%", "\0").replace("%i", instance).replace("\0", "%").replace("$$", "$"))
        command = [word.replace("/opt/mobilise/.venv/bin/python", "echo") for word in command]
        asked[instance] = run(*command).stdout.strip().removeprefix("manage.py worker --queue ")
    assert asked == {
        "delivery": "delivery",
        "delivery-2": "delivery",
        "retries": "retries",
        "interactive-10": "interactive",
    }


def test_no_backup_gets_a_week_old_whatever_becomes_of_the_next_one(tmp_path: Path) -> None:
    # What comes after a night's backup also comes after one that failed, or was stopped.
    line = re.search(r"^ExecStopPost=(.*)$", (UNITS / "mobilise-backup.service").read_text(), re.MULTILINE)
    assert line is not None
    hour, day = 3600, 24 * 3600
    # The next run is a day later, and up to a quarter of an hour more.
    ages = {
        "old.backup": 6 * day,
        "kept.backup": 5 * day + 23 * hour,
        ".old.x.unfinished": 2 * hour,
        ".x.unfinished": 0,
    }
    for name, age in ages.items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - age,) * 2)

    done = run(*shlex.split(line[1].replace("/var/backups/mobilise", str(tmp_path))))

    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in tmp_path.iterdir()} == {"kept.backup", ".x.unfinished"}


def test_web_is_started_as_make_run_starts_it() -> None:
    unit = (UNITS / "mobilise-web.service").read_text().replace("\\\n", " ")
    site = (ROOT / "mobilise" / "supervisor" / "site.py").read_text()
    options = set(re.findall(r"--[a-z-]+", unit))
    assert len(options) > 5
    assert options == set(re.findall(r'"(--[a-z-]+)"', site)) - {"--queue"}


@pytest.mark.skipif(os.geteuid() != 0, reason="changing the user needs root, which CI has")
def test_a_command_of_the_operator_runs_as_the_services_do() -> None:
    # Not in pytest's own folder, which others cannot enter.
    with tempfile.TemporaryDirectory() as folder:
        python = Path(folder) / "opt" / ".venv" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text('#!/bin/sh\nid -un\numask\necho "$SITE_NAME|$VAR_DIR|$*"\n')
        python.chmod(0o755)
        Path(folder).chmod(0o755)
        script = (UNITS / "mobilise-manage").read_text()
        places = {
            "/opt/mobilise": f"{folder}/opt",
            "/etc/mobilise/mobilise.env": str(ROOT / "deploy" / "mobilise.env"),
            "--reuid=mobilise --regid=mobilise": "--reuid=nobody --regid=nogroup",
        }
        for place, other in places.items():
            assert place in script
            script = script.replace(place, other)
        done = run("sh", "-c", script, "mobilise-manage", "organiser", "a name")
    assert done.stdout.splitlines() == ["nobody", "0077", "Mobilise|/var/lib/mobilise|manage.py organiser a name"]
