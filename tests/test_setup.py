"""From a fresh clone: what is too old or missing is said in one line, and nothing is done twice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mobilise.bootstrap import front_end, python_packages, stamps, tasks
from mobilise.bootstrap.places import ROOT
from mobilise.supervisor.console import Console
from mobilise.supervisor.refusal import Refusal
from mobilise.supervisor.secrets_file import complete_secrets
from tests.browsers.waiting import wait_until
from tests.patience import PATIENCE

FRESH = {"SECRET_KEY": "fresh", "FIELD_KEYS": "fresh"}
Programs = Callable[..., None]


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Makes a machine with only these programs: name -> what it prints."""

    def make(**words: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, word in words.items():
            (folder / name).write_text(f"#!/bin/sh\necho {word}\n")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        monkeypatch.setattr("mobilise.bootstrap.running.VENV", tmp_path)

    return make


def test_an_old_python_is_told_what_to_do() -> None:
    pretend = (
        "import runpy, sys; sys.version_info = (3, 8, 10); runpy.run_module('mobilise.bootstrap', run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", pretend], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "Python 3.11 or newer is needed, this is 3.8: install one and name it: PYTHON=python3.12 make run\n"
    )


def test_it_needs_nothing_but_python_itself() -> None:
    loaded = "import mobilise.bootstrap.tasks"
    done = subprocess.run([sys.executable, "-IS", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {loaded}"])
    assert done.returncode == 0


def test_an_unknown_task_is_answered_with_those_there_are() -> None:
    command = [sys.executable, "-m", "mobilise.bootstrap", "fly"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    known = "run, install, test, lint, bench, lock, audit, sbom, messages, clean"
    assert (done.returncode, done.stderr) == (2, f"One of these: {known}\n")


@pytest.mark.parametrize(
    ("node", "enough"), [("v20.19.0", True), ("v22.1.0", True), ("v20.9.0", False), ("v18.20.4", False), ("", False)]
)
def test_it_takes_a_node_that_is_new_enough(programs: Programs, node: str, enough: bool) -> None:
    programs(node=node, npm="11.0.0")
    assert front_end.has_node() is enough


def test_a_machine_without_npm_has_no_node(programs: Programs) -> None:
    programs(node="v22.1.0")
    assert not front_end.has_node()


@pytest.mark.parametrize(
    ("complaint", "cure"),
    [
        ("error: command 'gcc' failed: No such file or directory", "install a C compiler"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES ... do not match the hashes", "before you know why"),
        ("OSError: [Errno 28] No space left on device", "make room"),
        ("Failed to establish a new connection: Name or service not known", "check the network"),
    ],
)
def test_a_failed_installation_is_one_line_that_says_what_to_do(complaint: str, cure: str) -> None:
    line = python_packages.explain(f"Collecting things\n{complaint}\n")
    assert cure in line
    assert "\n" not in line
    assert line.endswith("setup.log")


def test_python_without_venv_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(python_packages, "PYTHON", tmp_path / "none")
    monkeypatch.setattr(sys, "meta_path", [])
    monkeypatch.delitem(sys.modules, "ensurepip", raising=False)
    with pytest.raises(Refusal, match="apt-get install python3-venv"):
        python_packages.require_packages("run", Console())


# Each goes on once the other has begun: one after the other they would wait for ever.
PIP = """#!/bin/sh
case "$*" in
    *"import pip"*) echo "%s %s" ;;
    *install*) : > pip; until [ -e npm ]; do /bin/sleep 0.05; done ;;
esac
"""
NPM = """#!/bin/sh
case "$*" in
    --version) echo 11.0.0 ;;
    ci*) : > npm; until [ -e pip ]; do /bin/sleep 0.05; done ;;
esac
"""


def test_packages_of_both_ends_are_installed_at_once(
    programs: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs(node="v22.1.0", npm="", python="")
    where = f"#!/bin/sh\ncd {tmp_path}"
    for name, script in (("npm", NPM), ("python", PIP % sys.version_info[:2])):
        (tmp_path / "bin" / name).write_text(script.replace("#!/bin/sh", where, 1))
    monkeypatch.setattr(python_packages, "PYTHON", tmp_path / "bin" / "python")
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / "stamps")
    tasks.set_up_development(Console())
    assert sorted(path.name for path in (tmp_path / "stamps").iterdir()) == ["development.txt", "node_modules"]


def test_a_step_is_repeated_only_when_its_sources_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "ROOT", tmp_path)
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / "stamps")
    source = tmp_path / "src" / "a.ts"
    source.parent.mkdir()
    source.write_text("one")
    before = stamps.digest_files([source.parent])
    assert not stamps.is_fresh("dist", before)
    stamps.stamp("dist", before)
    assert stamps.is_fresh("dist", before)
    source.rename(source.with_name("b.ts"))
    assert not stamps.is_fresh("dist", stamps.digest_files([source.parent]))


def test_secrets_that_are_there_are_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_text("FIELD_KEYS=precious\n")
    assert complete_secrets(file, FRESH, {}) == ["SECRET_KEY"]
    assert file.read_text() == "FIELD_KEYS=precious\nSECRET_KEY=fresh\n"
    assert file.stat().st_mode & 0o777 == 0o600
    assert complete_secrets(file, FRESH, {}) == []


def test_secrets_that_come_from_elsewhere_are_not_made(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    assert complete_secrets(file, FRESH, {"SECRET_KEY": "x", "FIELD_KEYS_FILE": "/run/keys"}) == []
    assert not file.exists()


def test_the_lock_files_name_no_registry() -> None:
    locks = [*(ROOT / "requirements").iterdir(), ROOT / "frontend" / "package-lock.json"]
    assert len(locks) >= 5
    text = "".join(path.read_text() for path in locks)
    assert [word for word in ("index-url", "find-links", '"resolved"', "file://") if word in text] == []


def test_every_pin_of_python_has_a_hash() -> None:
    pins = [line for line in (ROOT / "requirements" / "run.txt").read_text().splitlines() if "==" in line]
    assert len(pins) > 20
    assert [pin for pin in pins if not pin.endswith("\\")] == []


def test_what_is_made_is_not_committed() -> None:
    made = ["var/secrets.env", ".venv/bin/python", "frontend/dist/index.html", "frontend/node_modules/x"]
    done = subprocess.run(["git", "check-ignore", *made], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 128:
        pytest.skip("not a git clone")
    assert done.stdout.split() == made
    assert os.path.exists(ROOT / ".gitignore")


def blocked_signals(process: "subprocess.Popen[bytes]") -> int:
    """As bits, from what the system says of it."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace")
    return int(status.partition("SigBlk:")[2].split()[0], 16)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize(("number", "noticed"), [(signal.SIGINT, "True"), (None, "False")])
def test_it_notices_that_make_alone_was_interrupted(
    tmp_path: Path, number: signal.Signals | None, noticed: str
) -> None:
    seen = tmp_path / "seen"
    (tmp_path / "look.py").write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from mobilise.bootstrap.parent import parent_was_interrupted\n"
        f"open({str(seen)!r}, 'w').close()\ninput()\n"
        f"open({str(seen)!r}, 'w').write(str(parent_was_interrupted()))\n"
    )
    (tmp_path / "Makefile").write_text(f"look:\n\t@{sys.executable} look.py\n")
    make = subprocess.Popen(["make", "look"], cwd=tmp_path, stdin=subprocess.PIPE)
    while not seen.exists():
        assert make.poll() is None
        time.sleep(0.05)
    if number:
        make.send_signal(number)
        wait_until(lambda: blocked_signals(make) & 1 << (signal.SIGINT - 1), "make to have got it")
    make.communicate(b"\n", PATIENCE)
    assert seen.read_text() == noticed
