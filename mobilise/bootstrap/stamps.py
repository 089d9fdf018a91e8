"""What was made from what: a step is repeated only when its inputs have changed."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from mobilise.bootstrap.places import ROOT, STAMPS


def digest_files(paths: Iterable[Path]) -> str:
    """A digest of the files' names and contents; of a folder, all files in it."""
    digest = hashlib.sha256()
    for path in sorted(file for one in paths for file in (one.rglob("*") if one.is_dir() else [one])):
        if path.is_file():
            digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def is_fresh(name: str, digest: str) -> bool:
    """Whether the step ``name`` was done with these inputs."""
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == digest


def stamp(name: str, digest: str) -> None:
    """Notes that it is done."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(digest, encoding="utf-8")
