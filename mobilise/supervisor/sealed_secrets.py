"""Secrets that lie in var/ under a passphrase: asked for once, handed to the services, never written down."""

import json
import subprocess
from pathlib import Path

from mobilise.supervisor.refusal import Refusal

SEALED = "secrets.sealed"


def open_secrets(python: str, var: Path, root: Path) -> dict[str, str]:
    """NAME: value of all that is sealed; {} when nothing is. Raises Refusal when the passphrase does not open it."""
    sealed = var / SEALED
    if not sealed.is_file():
        return {}
    # The terminal stays the child's to ask on; the supervisor itself needs no cryptography.
    command = [python, "-m", "mobilise.sealing", "print", str(sealed)]
    asked = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, check=False)
    if asked.returncode:
        raise Refusal(f"{sealed} was not opened: nothing was started.")
    return {str(name): str(value) for name, value in json.loads(asked.stdout).items()}
