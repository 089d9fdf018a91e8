"""The settings as a process reads them: without its secrets the site does not start, and says which is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mobilise.keys import generate_secrets

ROOT = Path(__file__).parent.parent
SUBJECT = {"VAPID_SUBJECT": "mailto:operator@campaign.example"}


LOAD_SETTINGS = ("-c", "import mobilise.settings")


def python(*arguments: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Runs Python with only what is named here in its environment."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        env=inherited | environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def complete(tmp_path: Path) -> dict[str, str]:
    return {"VAR_DIR": str(tmp_path), **generate_secrets(), **SUBJECT}


def test_it_starts_with_all_its_secrets(complete: dict[str, str]) -> None:
    done = python("manage.py", "check", environment=complete)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", [*generate_secrets(), *SUBJECT])
def test_it_refuses_to_start_without_a_secret_and_names_it(complete: dict[str, str], name: str) -> None:
    del complete[name]
    done = python(*LOAD_SETTINGS, environment=complete)
    assert done.returncode != 0
    assert f"{name} is missing. Set it in the environment, or {name}_FILE to a file." in done.stderr


def test_it_takes_a_secret_from_a_file(complete: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "index-key"
    file.write_text(complete.pop("INDEX_KEY") + "\n")
    assert python(*LOAD_SETTINGS, environment={**complete, "INDEX_KEY_FILE": str(file)}).returncode == 0


SHOW_DATABASE = ("-c", "from mobilise.settings import DATABASES; print(DATABASES['default']['NAME'])")


def test_it_takes_an_address_with_a_password_from_a_file(complete: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "database-url"
    file.write_text(f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}\n")
    done = python(*SHOW_DATABASE, environment={**complete, "DATABASE_URL_FILE": str(file)})
    assert done.stdout.strip() == str(tmp_path / "elsewhere.sqlite3")


def test_it_does_not_take_an_empty_file_for_the_default_database(complete: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "database-url"
    file.touch()
    done = python(*SHOW_DATABASE, environment={**complete, "DATABASE_URL_FILE": str(file)})
    assert "DATABASE_URL is missing." in done.stderr


def test_it_takes_the_secrets_that_were_written_for_it(complete: dict[str, str], tmp_path: Path) -> None:
    del complete["VAR_DIR"]
    (tmp_path / "secrets.env").write_text("".join(f"{name}={value}\n" for name, value in complete.items()))
    assert python(*LOAD_SETTINGS, environment={"VAR_DIR": str(tmp_path)}).returncode == 0


def test_it_makes_secrets_where_there_are_none(tmp_path: Path) -> None:
    done = python("manage.py", "generate_secrets", environment={"VAR_DIR": str(tmp_path)})
    made = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert python(*LOAD_SETTINGS, environment={"VAR_DIR": str(tmp_path), **made, **SUBJECT}).returncode == 0
