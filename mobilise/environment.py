"""Reads the settings that come from the environment, and refuses to start without the secrets."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environ import Env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))

# Written by `make run` on its first start, mode 600; what the environment says comes first.
SECRETS_FILE = VAR_DIR / "secrets.env"

env = Env()
if SECRETS_FILE.is_file():
    env.read_env(str(SECRETS_FILE))

# Addresses that hold a password: they can come from files, as the secrets can.
ADDRESSES_WITH_PASSWORDS = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "EMAIL_URL")


def secret(name: str, how: str) -> str:
    """The secret ``name`` from the environment or from the file that ``name_FILE`` names.

    Raises ImproperlyConfigured, with ``how`` to make one, when there is none.
    """
    file = os.environ.get(f"{name}_FILE", "")
    if file:
        try:
            value = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from error
    else:
        value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is missing. Set it in the environment, or {name}_FILE to a file. {how}")
    return value


for _name in ADDRESSES_WITH_PASSWORDS:
    if os.environ.get(f"{_name}_FILE"):
        os.environ[_name] = secret(_name, "The file is empty.")
