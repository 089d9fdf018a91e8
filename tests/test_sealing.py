"""Secrets under a passphrase: opened by it alone, written into memory alone."""

import json
import os
import stat
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from mobilise import sealing
from mobilise.sealing import SealingError, read_secrets, seal, swap_on_disk, unseal, write_into_memory
from tests.delivering import ROOT

PASSPHRASE = "sept mots que personne ne devine ici"
SECRETS = {"field-keys": "k1,k2", "index-key": "é=x"}


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    """A folder on a tmpfs."""
    folder = Path("/dev/shm") / f"mobilise-{os.getpid()}-{tmp_path.name}"  # noqa: S108  # it has to be in memory
    yield folder
    for path in folder.iterdir() if folder.exists() else ():
        path.unlink()
    if folder.exists():
        folder.rmdir()


def run(*arguments: object, words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "mobilise.sealing", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, input=words, capture_output=True, text=True, timeout=60, check=False)


def test_the_passphrase_opens_it() -> None:
    assert unseal(seal(SECRETS, PASSPHRASE), PASSPHRASE) == SECRETS


def test_nothing_else_does() -> None:
    sealed = seal(SECRETS, PASSPHRASE)
    assert "k1" not in sealed
    with pytest.raises(SealingError, match="does not open"):
        unseal(sealed, PASSPHRASE + " ")


@pytest.mark.parametrize("name", ["salt", "nonce", "sealed", "r"])
def test_a_changed_file_does_not_open(name: str) -> None:
    whole = json.loads(seal(SECRETS, PASSPHRASE))
    whole[name] = whole[name] + 1 if isinstance(whole[name], int) else "AAAA" + whole[name][4:]
    with pytest.raises(SealingError):
        unseal(json.dumps(whole), PASSPHRASE)


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", '{"n": 1, "salt": "", "nonce": "", "sealed": ""}'])
def test_what_is_no_such_file_is_refused_in_words(text: str) -> None:
    with pytest.raises(SealingError):
        unseal(text, PASSPHRASE)


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(SealingError, match="16 characters"):
        seal(SECRETS, "too short")


def test_it_reads_lines_of_an_environment_file(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("# ours\nFIELD_KEYS=a=b\nINDEX_KEY=c\n")
    assert read_secrets(tmp_path / "secrets.env") == {"FIELD_KEYS": "a=b", "INDEX_KEY": "c"}


def test_it_writes_to_no_disk(tmp_path: Path) -> None:
    if "tmpfs" in subprocess.run(["stat", "-f", "-c", "%T", tmp_path], capture_output=True, text=True).stdout:
        pytest.skip("the temporary folder of this machine is in memory itself")
    with pytest.raises(SealingError, match="not in memory"):
        write_into_memory(SECRETS, tmp_path / "secrets")
    assert not (tmp_path / "secrets").exists()


def test_no_name_leads_out_of_the_folder(memory: Path) -> None:
    with pytest.raises(SealingError, match="leads out"):
        write_into_memory({"../elsewhere": "x"}, memory)


def test_from_a_folder_and_back_into_memory(tmp_path: Path, memory: Path) -> None:
    folder, sealed = tmp_path / "secrets", tmp_path / "secrets.sealed"
    folder.mkdir()
    for name, value in SECRETS.items():
        (folder / name).write_text(value)
    assert run("seal", folder, sealed, words=f"{PASSPHRASE}\n").returncode == 0
    assert stat.S_IMODE(sealed.stat().st_mode) == 0o600
    wrong = run("open", sealed, memory, words="another passphrase altogether\n")
    assert (wrong.returncode, memory.exists()) == (1, False)
    assert "does not open" in wrong.stderr
    assert run("open", sealed, memory, words=f"{PASSPHRASE}\n").returncode == 0
    assert {path.name: path.read_text() for path in memory.iterdir()} == SECRETS
    assert {stat.S_IMODE(path.stat().st_mode) & 0o007 for path in memory.iterdir()} == {0}


def test_it_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("A=b\n")
    (tmp_path / "sealed").write_text("mine")
    ran = run("seal", tmp_path / "secrets.env", tmp_path / "sealed", words=f"{PASSPHRASE}\n")
    assert (ran.returncode, (tmp_path / "sealed").read_text()) == (1, "mine")
    assert "exists already" in ran.stderr


def test_a_wrong_passphrase_is_said_and_leaves_nothing_behind(tmp_path: Path, memory: Path) -> None:
    """The way of deploy/systemd: the services read their *_FILE from memory, and say which one is not there."""
    sealed = tmp_path / "sealed"
    sealed.write_text(seal({"field-keys": "one"}, PASSPHRASE))
    ran = run("open", sealed, memory, words="another one, long enough\n")
    assert (ran.returncode, ran.stderr.strip()) == (1, "The passphrase does not open it.")
    assert not memory.exists()

    settings = {"DJANGO_SETTINGS_MODULE": "mobilise.settings", "FIELD_KEYS_FILE": str(memory / "field-keys")}
    environment = os.environ | settings
    started = [sys.executable, "manage.py", "scheduler"]
    refused = subprocess.run(started, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("FIELD_KEYS_FILE cannot be read: No such file or directory.")


# ---- what is in memory does not stay there where memory is swapped

HEAD = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
PARTITION = "/dev/nvme0n1p3                          partition\t8388604\t\t524\t\t-2\n"
FILE = "/swap\\040file                           file\t\t2097148\t\t0\t\t-3\n"
ZRAM = "/dev/zram0                              partition\t4194300\t\t0\t\t100\n"


@pytest.mark.parametrize(
    ("swaps", "areas"),
    [
        ("", []),
        (HEAD, []),
        (HEAD + ZRAM, []),
        (HEAD + PARTITION, ["/dev/nvme0n1p3"]),
        (HEAD + ZRAM + FILE + PARTITION, ["/swap\\040file", "/dev/nvme0n1p3"]),
    ],
)
def test_it_knows_swap_that_is_on_a_disk(swaps: str, areas: list[str]) -> None:
    assert swap_on_disk(swaps) == areas


@pytest.mark.parametrize(("swaps", "lines"), [(HEAD + ZRAM, 0), (HEAD + PARTITION, 1)])
def test_who_types_the_passphrase_is_warned_of_it_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, swaps: str, lines: int
) -> None:
    (tmp_path / "swaps").write_text(swaps)
    (tmp_path / "sealed").write_text(seal(SECRETS, PASSPHRASE))
    monkeypatch.setattr(sealing, "SWAPS", tmp_path / "swaps")
    monkeypatch.setattr(sys, "stdin", StringIO(f"{PASSPHRASE}\n"))

    assert sealing.main(["print", str(tmp_path / "sealed")]) == 0

    told = capsys.readouterr()
    assert json.loads(told.out) == SECRETS
    assert (told.err.count("\n"), told.err.count("/dev/nvme0n1p3")) == (lines, lines)
