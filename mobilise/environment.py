"""Reads the settings that come from the environment, and refuses to start without the secrets."""

import os
import re
from pathlib import Path
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from environ import Env

from mobilise.icons import DRAWN, FORMS

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
    value = optional_secret(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is missing. Set it in the environment, or {name}_FILE to a file. {how}")
    return value


def optional_secret(name: str) -> str:
    """The same, or "" when there is none."""
    file = os.environ.get(f"{name}_FILE", "")
    if not file:
        return os.environ.get(name, "").strip()
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}.") from error


def uuids(name: str) -> list[UUID]:
    """The identifiers, separated by commas, of the variable ``name``. Raises ImproperlyConfigured."""
    words = [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]
    try:
        return list(dict.fromkeys(UUID(word) for word in words))
    except ValueError:
        wanted = "such as 0b8d8c1e-6d0f-4f0e-9a53-3c2f1d7e5a10"
        raise ImproperlyConfigured(f"{name} is a list of identifiers, {wanted}, separated by commas.") from None


def at_least(name: str, least: int, default: int) -> int:
    """The whole number of the variable ``name``. Raises ImproperlyConfigured when it is none, or too small."""
    try:
        value = int(os.environ.get(name, "") or default)
    except ValueError:
        value = least - 1
    if value < least:
        raise ImproperlyConfigured(f"{name} has to be a whole number, {least} or more.")
    return value


def site_icon(name: str) -> str:
    """One of the icons that come with the app, or the path of a folder. Raises ImproperlyConfigured for any other."""
    value = os.environ.get(name, "") or DRAWN[0]
    if value in DRAWN:
        return value
    folder = Path(value)
    missing = [form for form in FORMS if not (folder / form).is_file()]
    if not folder.is_absolute() or len(missing) == len(FORMS):
        raise ImproperlyConfigured(f"{name} is one of {', '.join(DRAWN)}, or the full path of a folder with your own.")
    if missing:
        raise ImproperlyConfigured(f"The folder that {name} names has no {', '.join(missing)}.")
    return value


def web_page(name: str) -> str:
    """The address of the variable ``name``, "" when it is not set. Raises ImproperlyConfigured when it is none."""
    address = os.environ.get(name, "").strip()
    if address and not re.fullmatch(r"https?://[^\s\"'<>]+", address):
        raise ImproperlyConfigured(f"{name} has to be the address of a page, beginning with https://.")
    return address


for _name in ADDRESSES_WITH_PASSWORDS:
    if os.environ.get(f"{_name}_FILE"):
        os.environ[_name] = secret(_name, "The file is empty.")
