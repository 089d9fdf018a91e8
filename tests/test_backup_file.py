"""The file of a backup: whole or not at all, on disks that know links and on those that do not."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mobilise.backups import BackupError, new_private_file


@pytest.fixture(params=["links", "no links"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder on a disk of each sort; link(2) says EPERM on FAT and exFAT."""
    if request.param == "no links":

        def refuse(*names: Any) -> None:
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "link", refuse)
    return tmp_path


def save(path: Path, before_it_ends: Callable[[], Any] = lambda: None) -> None:
    with new_private_file(path) as draft:
        draft.write_bytes(b"dump")
        before_it_ends()


def test_what_was_written_gets_its_name(disk: Path):
    seen: list[bool] = []
    save(disk / "saved", lambda: seen.append((disk / "saved").exists()))

    assert seen == [False]
    assert os.listdir(disk) == ["saved"]
    assert (disk / "saved").read_bytes() == b"dump"
    assert stat.S_IMODE((disk / "saved").stat().st_mode) == 0o600


def test_a_file_that_came_meanwhile_stays(disk: Path):
    with pytest.raises(BackupError, match="by somebody else"):
        save(disk / "saved", lambda: (disk / "saved").write_bytes(b"another"))

    assert os.listdir(disk) == ["saved"]
    assert (disk / "saved").read_bytes() == b"another"


def test_what_was_not_finished_leaves_nothing(disk: Path):
    with pytest.raises(ZeroDivisionError):
        save(disk / "saved", lambda: 1 / 0)

    assert os.listdir(disk) == []


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_folder_that_takes_nothing_is_noticed_before_the_work(
    call: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def refuse(*values: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(BackupError, match="Nothing can be written"):
        save(tmp_path / "saved", lambda: pytest.fail("the work began"))

    assert os.listdir(tmp_path) == []


def test_what_the_disk_refuses_at_the_end_is_said_in_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def refuse(*values: Any) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with pytest.raises(BackupError, match="could not be finished: Input/output error"):
        save(tmp_path / "saved", lambda: monkeypatch.setattr(os, "fsync", refuse))

    assert os.listdir(tmp_path) == []
