"""Secrets under a passphrase, so that a machine that was switched off gives nothing away.

`python -m mobilise.sealing seal FOLDER FILE` puts a folder's files (one secret each) into one encrypted file, or the
lines of an environment file. `open FILE FOLDER` writes them back, into memory only: FOLDER has to lie on a tmpfs.
`print FILE` is for the supervisor of `make run`, which gives them to its services.

The key comes from the passphrase by scrypt (RFC 7914): 128 MiB and some tenths of a second for each guess.
"""

import getpass
import json
import os
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

COST, BLOCK, LANES = 2**17, 8, 1
SALT_BYTES, NONCE_BYTES, KEY_BYTES = 16, 12, 32
SHORTEST = 16
MEMORY = ("tmpfs", "ramfs")
SWAPS = Path("/proc/swaps")


class SealingError(Exception):
    """What is wrong, in words for whoever sits in front of it. Never holds a secret."""


def seal(secrets: dict[str, str], passphrase: str) -> str:
    """The secrets by name, as a JSON text that only the passphrase opens. Raises SealingError for a short one."""
    if len(passphrase) < SHORTEST:
        raise SealingError(f"A passphrase has {SHORTEST} characters or more: six words, for example.")
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    head = {"version": 1, "kdf": "scrypt", "n": COST, "r": BLOCK, "p": LANES, "salt": b64encode(salt).decode()}
    plain = json.dumps(secrets, sort_keys=True).encode()
    sealed = AESGCM(_derive(passphrase, salt, COST)).encrypt(nonce, plain, _bound(head))
    return json.dumps({**head, "nonce": b64encode(nonce).decode(), "sealed": b64encode(sealed).decode()}, indent=1)


def unseal(text: str, passphrase: str) -> dict[str, str]:
    """The reverse of seal. Raises SealingError for another passphrase, and for a file that was changed."""
    try:
        whole = json.loads(text)
        nonce, sealed = b64decode(whole.pop("nonce")), b64decode(whole.pop("sealed"))
        salt, cost = b64decode(whole["salt"]), int(whole["n"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SealingError("This is no file of sealed secrets, or it is damaged.") from error
    if cost != COST:
        raise SealingError("This file was sealed with other parameters than this version knows.")
    try:
        plain = AESGCM(_derive(passphrase, salt, cost)).decrypt(nonce, sealed, _bound(whole))
    except InvalidTag as error:
        raise SealingError("The passphrase does not open it.") from error
    return {str(name): str(value) for name, value in json.loads(plain).items()}


def read_secrets(source: Path) -> dict[str, str]:
    """The files of a folder, or the NAME=value lines of a file. Raises SealingError when there are none."""
    if source.is_dir():
        found = {path.name: path.read_text(encoding="utf-8") for path in source.iterdir() if path.is_file()}
    elif source.is_file():
        lines = source.read_text(encoding="utf-8").splitlines()
        found = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    else:
        found = {}
    if not found:
        raise SealingError(f"{source} holds no secrets.")
    return found


def write_into_memory(secrets: dict[str, str], folder: Path) -> None:
    """One file each, for their group to read. Raises SealingError when the folder is on a disk."""
    parent = folder if folder.exists() else folder.parent
    if _file_system(parent) not in MEMORY:
        raise SealingError(f"{folder} is not in memory: what is written to a disk stays there. Use one under /run.")
    folder.mkdir(mode=0o750, exist_ok=True)
    for name, value in secrets.items():
        if Path(name).name != name:
            raise SealingError("A secret's name leads out of the folder: the file is not one of ours.")
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(value)


def swap_on_disk(swaps: str) -> list[str]:
    """Where memory may be written to, of what /proc/swaps says (proc_swaps(5)). zram stays in memory."""
    areas = [line.split()[0] for line in swaps.splitlines()[1:] if line.strip()]
    return [area for area in areas if not area.startswith("/dev/zram")]


def _warn_of_swap() -> None:
    """The keys lie in memory from now on, and may reach a disk from there."""
    swaps = SWAPS.read_text(encoding="utf-8") if SWAPS.is_file() else ""
    if areas := swap_on_disk(swaps):
        sys.stderr.write(
            f"Warning: this machine swaps to {', '.join(areas)}: the keys may be written there, and read from it when "
            "the machine is off. Turn swap off, unless it is encrypted anew at each start (docs/operations.md).\n"
        )


def _derive(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=BLOCK, p=LANES).derive(passphrase.encode())


def _bound(head: dict[str, object]) -> bytes:
    """What is not secret in the file, bound to what is."""
    return json.dumps(head, sort_keys=True).encode()


def _file_system(path: Path) -> str:
    """The type of the file system that a path lies on (proc_pid_mountinfo(5))."""
    best = ("", "")
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        fields, _, rest = line.partition(" - ")
        mount = fields.split()[4]
        if path.resolve().is_relative_to(mount) and len(mount) >= len(best[0]):
            best = (mount, rest.split()[0])
    return best[1]


def _ask(question: str) -> str:
    """From the terminal without an echo, else a line of standard input. Raises SealingError when there is none."""
    given = getpass.getpass(question) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not given:
        raise SealingError("No passphrase was given.")
    return given


def _seal_to(source: Path, target: Path) -> None:
    passphrase = _ask("New passphrase: ")
    if sys.stdin.isatty() and _ask("Once more: ") != passphrase:
        raise SealingError("The two are not the same. Nothing was written.")
    text = seal(read_secrets(source), passphrase)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    sys.stderr.write(f"Sealed in {target}. Try to open it before you delete {source}, and write the passphrase down.\n")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SealingError(f"{path} cannot be read.") from error


def main(arguments: Sequence[str]) -> int:
    """See above. Exit status."""
    try:
        match arguments:
            case ["seal", source, target]:
                _seal_to(Path(source), Path(target))
            case ["open", source, target]:
                _warn_of_swap()
                write_into_memory(unseal(_read(Path(source)), _ask("Passphrase: ")), Path(target))
            case ["print", source]:
                _warn_of_swap()
                json.dump(unseal(_read(Path(source)), _ask("Passphrase: ")), sys.stdout)
            case _:
                sys.stderr.write("seal FOLDER FILE | open FILE FOLDER | print FILE\n")
                return 2
    except SealingError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except FileExistsError:
        sys.stderr.write(f"{arguments[2]} exists already: nothing was written.\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
