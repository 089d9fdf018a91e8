"""The template of the settings and the script that makes secrets: both fit what the settings read."""

import ast
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
NAME = re.compile(r"[A-Z][A-Z0-9_]+")
SERVERS = ("postgres", "rabbitmq", "redis")


def template() -> dict[str, str]:
    """The template's names and values, those that are commented out included."""
    lines = re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", (DEPLOY / "mobilise.env").read_text(), re.MULTILINE)
    return {name: value.strip('"') for name, value in lines}


def names_read(file: Path) -> set[str]:
    """What a file asks the environment for: the first argument of a call, all in capitals."""
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call) and node.args]
    # Other mappings than the environment are asked with `get` too.
    asking = [call for call in calls if not re.fullmatch(r"(?!os\.environ\b).*\.get", ast.unparse(call.func))]
    names = [call.args[0].value for call in asking if isinstance(call.args[0], ast.Constant)]
    return {name for name in names if isinstance(name, str) and NAME.fullmatch(name)}


def test_the_template_has_each_setting_that_is_read_and_no_other() -> None:
    files = [ROOT / "mobilise" / name for name in ("settings.py", "environment.py", "supervisor/address.py")]
    read = set().union(*map(names_read, files))
    # What the unit of the web processes puts into their command line.
    read |= set(re.findall(r"\$\{([A-Z_]+)\}", (DEPLOY / "systemd" / "mobilise-web.service").read_text()))
    assert {"FIELD_KEYS", "DATABASE_URL", "VAR_DIR", "WEB_THREADS"} <= read
    assert {name.removesuffix("_FILE") if name != "PUSH_CA_FILE" else name for name in template()} == read


def test_each_line_of_the_template_is_explained() -> None:
    lines = (DEPLOY / "mobilise.env").read_text().splitlines()
    settings = [index for index, line in enumerate(lines) if re.match(r"#?[A-Z][A-Z0-9_]+=", line)]
    # The line above is a comment, or another setting that shares one.
    unexplained = [
        lines[index] for index in settings if not lines[index - 1].startswith("#") and lines[index - 1] == ""
    ]
    assert (len(settings) > 20, unexplained) == (True, [])


def make_secrets(folder: Path, *hosts: str) -> "subprocess.CompletedProcess[str]":
    command = [DEPLOY / "new-secrets", folder, *hosts]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_site_starts_with_the_template_and_fresh_secrets(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    assert make_secrets(secrets).returncode == 0
    values = {
        name: value.replace("/etc/mobilise/secrets", str(secrets))
        for name, value in template().items()
        if f"\n{name}=" in (DEPLOY / "mobilise.env").read_text()
    }
    done = check_site({**values, "VAR_DIR": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")


def test_it_starts_on_servers_whose_passwords_were_made(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    assert make_secrets(secrets, *SERVERS).returncode == 0
    files = {f"{file.name.upper().replace('-', '_')}_FILE": str(file) for file in secrets.iterdir()}
    values = {**files, "SITE_URL": "https://mobilise.example", "VAPID_SUBJECT": "mailto:a@mobilise.example"}
    show = (
        "from django.conf import settings as s; d = s.DATABASES['default']; "
        "print(d['HOST'], d['USER'], d['NAME'], s.TASKS['default']['BACKEND'].rpartition('.')[2], s.CACHE_URL[-13:])"
    )
    done = run("-c", f"import django; django.setup(); {show}", environment={**values, "VAR_DIR": str(tmp_path)})
    assert (done.stdout, done.stderr) == ("postgres mobilise mobilise CeleryTasks @redis:6379/0\n", "")
    password = (secrets / "postgres-password").read_text()
    assert f":{password}@" in (secrets / "database-url").read_text()


def check_site(values: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return run("manage.py", "check", "--deploy", "--fail-level", "WARNING", environment=values)


def run(*arguments: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Python with only what is named in its environment."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**inherited, "DJANGO_SETTINGS_MODULE": "mobilise.settings", **environment}
    argv = [sys.executable, *arguments]
    return subprocess.run(argv, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_secrets_are_behind_a_closed_door_and_never_overwritten(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    make_secrets(secrets)
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    before = {file.name: file.read_text() for file in secrets.iterdir()}
    again = make_secrets(secrets)
    assert (again.returncode, "is not empty" in again.stderr) == (1, True)
    assert {file.name: file.read_text() for file in secrets.iterdir()} == before
    assert len(set(before.values())) == len(before) == 5


@pytest.mark.parametrize("arguments", [[], ["folder", "postgres"]])
def test_it_says_how_it_is_used(tmp_path: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [DEPLOY / "new-secrets", *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.startswith("deploy/new-secrets FOLDER"), list(tmp_path.iterdir())) == (
        2,
        True,
        [],
    )
