"""`manage.py backup` and `restore`, on SQLite and PostgreSQL: nothing is lost, nothing happens by itself."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from mobilise.backups import new_private_file
from mobilise.keys import generate_key
from tests.databases_elsewhere import FOLLOWERS, Database, Databases, PostgresDatabases, SqliteDatabases
from tests.delivering import ROOT
from tests.servers import Missing, Postgres
from tests.servers.postgres import CARELESS


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    try:
        postgres = Postgres(tmp_path_factory.mktemp("postgres"), settings=CARELESS)
    except Missing as missing:
        pytest.fail(str(missing)) if os.environ.get("CI") else pytest.skip(str(missing))
    with postgres:
        yield postgres


@pytest.fixture(scope="module")
def on_postgres(server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return PostgresDatabases(tmp_path_factory.mktemp("databases"), server)


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Databases:
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(params=["on_sqlite", "on_postgres"])
def databases(request: pytest.FixtureRequest) -> Databases:
    made: Databases = request.getfixturevalue(request.param)
    return made


def said(done: "subprocess.CompletedProcess[str]") -> tuple[int, str]:
    """Exit status and words; a traceback is none."""
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_what_is_saved_while_rows_are_written_is_one_moment(databases: Databases, tmp_path: Path) -> None:
    source, target, file = databases.filled(), databases.empty(), tmp_path / "saved"
    command = [sys.executable, "-m", "tests.rows_elsewhere", "keep_adding"]
    with subprocess.Popen(command, cwd=ROOT, env=source.environment, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.read(10) == b"." * 10
        status, words = said(source.manage("backup", str(file)))
        after = writer.stdout.read(10)
        writer.terminate()
    assert (status, after) == (0, b"." * 10), words
    assert "FIELD_KEYS and INDEX_KEY are not in it." in words
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    status, words = said(target.manage("restore", str(file)))
    assert (status, "FIELD_KEYS open all" in words) == (0, True), words
    counts, left = target.rows("count"), source.rows("count")
    assert counts["follows"] == counts["subscriptions"] == counts["readable"]
    assert FOLLOWERS + 10 <= counts["follows"] < left["follows"]
    assert sorted(path.name for path in tmp_path.iterdir() if "saved" in path.name) == ["saved"]


def test_after_a_restore_nothing_is_sent_and_nobody_is_signed_in(databases: Databases) -> None:
    target, before = databases.empty(), databases.counts
    assert (before["alerts"], before["sessions"]) == ({"sending": 1, "scheduled": 2}, 1)
    status, words = said(target.manage("restore", str(databases.backup)))
    after = target.rows("count")
    assert status == 0, words
    # The one that is due in two days stays scheduled.
    assert after["alerts"] == {"paused": 1, "draft": 1, "scheduled": 1}
    assert ("being sent: 1" in words, "were due: 1" in words) == (True, True)
    assert (after["follows"], after["readable"], after["sessions"]) == (before["follows"], FOLLOWERS, 0)
    assert (len(after["pictures"]), after["pictures"]) == (1, before["pictures"])
    # What lasted beyond its retention in the backup is forgotten at once.
    assert (before["participations"], after["participations"]) == (2, 1)
    assert (before["restored"], after["restored"]) == (0, 1)


def test_after_a_restore_nobody_is_named_before_an_organiser_has_asked_again(databases: Databases) -> None:
    target, before = databases.empty(), databases.counts
    assert (before["named"], before["names"], before["withheld"]) == (1, 1, 0)
    status, words = said(target.manage("restore", str(databases.backup)))
    after = target.rows("count")
    assert status == 0, words
    # Where the name still stands is told here, and on the case's page; no alert may hold it.
    assert (after["named"], after["names"], after["withheld"]) == (0, 0, 1)
    assert re.search(r"/admin/campaigns/solidarityalert/\d+/change/: 1 named; texts .*: 1$", words, re.MULTILINE)
    assert ("Camille" in words, "withdrawn hashtags" in words) == (False, True)


def test_it_replaces_data_only_when_told_to(databases: Databases) -> None:
    target = databases.filled()
    target.rows("make_campaign")
    status, words = said(target.manage("restore", str(databases.backup)))
    assert (status, "holds data already" in words) == (1, True)
    assert target.rows("count")["campaigns"] == 2
    status, words = said(target.manage("restore", str(databases.backup), "--replace"))
    assert (status, target.rows("count")["campaigns"]) == (0, 1), words


def test_what_was_being_sent_is_held_before_anybody_sees_it(databases: Databases) -> None:
    target = databases.filled()
    # What follows the load fails: keys, migrations, or the power.
    code = (
        "import django; django.setup(); from pathlib import Path; from django.core.management import call_command;"
        "from campaigns.management.commands.restore import Command; Command._bring_up_to_date = lambda self: exit(7);"
        f"call_command('restore', {str(databases.backup)!r}, '--replace')"
    )
    status, words = said(target.run("-c", code))
    after = target.rows("count")
    assert (status, after["alerts"]) == (7, {"paused": 1, "draft": 1, "scheduled": 1}), words
    assert (after["named"], after["names"]) == (0, 1)
    # A doorbell comes along, and finds its alert held.
    assert databases.counts["tasks"] == 1


def test_it_does_not_restore_while_a_session_is_open(on_postgres: Databases) -> None:
    database = on_postgres.filled()
    with psycopg.connect(database.url):
        status, words = said(database.manage("restore", str(on_postgres.backup), "--replace"))
    assert (status, "The site is running" in words) == (1, True)


def test_it_does_not_restore_under_a_running_site(databases: Databases) -> None:
    database = databases.filled()
    command = [sys.executable, "manage.py", "scheduler"]
    with subprocess.Popen(command, cwd=ROOT, env=database.environment, stderr=subprocess.PIPE) as scheduler:
        assert scheduler.stderr is not None
        assert any(b"this process leads" in line for line in scheduler.stderr)
        status, words = said(database.manage("restore", str(databases.backup), "--replace"))
        scheduler.terminate()
    assert (status, "The site is running" in words) == (1, True)


def test_it_says_when_the_keys_are_not_those_of_the_backup(databases: Databases) -> None:
    target, file = databases.empty(), databases.backup
    target.more = {"FIELD_KEYS": generate_key()}
    status, words = said(target.manage("restore", str(file)))
    assert (status, "open with none of FIELD_KEYS" in words) == (1, True)
    target.more = {"INDEX_KEY": generate_key()}
    status, words = said(target.manage("restore", str(file), "--replace"))
    assert (status, "INDEX_KEY is not the backup's" in words) == (1, True)


def test_a_damaged_backup_leaves_everything_as_it_was(databases: Databases, tmp_path: Path) -> None:
    database, damaged = databases.filled(), tmp_path / "damaged"
    whole = databases.backup.read_bytes()
    damaged.write_bytes(whole[: len(whole) * 2 // 3])
    status, words = said(database.manage("restore", str(damaged), "--replace"))
    assert (status, "Nothing was changed." in words) == (1, True)
    assert database.rows("count") == databases.counts


def test_a_backup_of_an_older_version_is_brought_up_to_date(databases: Databases, tmp_path: Path) -> None:
    older, newer, file = databases.empty(), databases.filled(), tmp_path / "saved"
    older.manage("migrate", "--verbosity", "0", "campaigns", "0004")
    assert said(older.manage("backup", str(file)))[0] == 0
    status, words = said(newer.manage("restore", str(file), "--replace"))
    assert status == 0, words
    assert newer.manage("migrate", "--check").returncode == 0
    assert newer.rows("count")["campaigns"] == 0


def test_a_backup_of_a_newer_version_is_named_as_such(databases: Databases, tmp_path: Path) -> None:
    source, target, file = databases.filled(), databases.empty(), tmp_path / "saved"
    record = "from django.db import connection as c; from django.db.migrations.recorder import MigrationRecorder as R; "
    source.manage("shell", "--verbosity", "0", "-c", f"{record}R(c).record_applied('campaigns', '9999_of_tomorrow')")
    source.manage("backup", str(file))
    status, words = said(target.manage("restore", str(file)))
    assert (status, "does not know campaigns.9999_of_tomorrow" in words) == (1, True)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "No such file"), (b"", "is no backup"), (b"<html>not found</html>", "is no backup")],
)
def test_it_says_what_is_wrong_with_a_file(
    on_sqlite: Databases, tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    file = tmp_path / "given"
    if content is not None:
        file.write_bytes(content)
    status, words = said(on_sqlite.empty().manage("restore", str(file)))
    assert (status, complaint in words, "Nothing was changed." in words) == (1, True, True)


def test_it_tells_the_engines_apart(databases: Databases, tmp_path: Path) -> None:
    database, file = databases.empty(), tmp_path / "given"
    others = b"PGDMP..." if database.url.startswith("sqlite") else b"SQLite format 3\0..."
    file.write_bytes(others)
    status, words = said(database.manage("restore", str(file)))
    assert (status, "but DATABASE_URL names a" in words) == (1, True)


def test_it_overwrites_no_file_and_saves_no_empty_database(databases: Databases, tmp_path: Path) -> None:
    file = tmp_path / "saved"
    status, words = said(databases.empty().manage("backup", str(file)))
    assert (status, "has no tables" in words, file.exists()) == (1, True, False)
    file.write_text("the only good one")
    status, words = said(databases.filled().manage("backup", str(file)))
    assert (status, "is there already" in words, file.read_text()) == (1, True, "the only good one")
    status, words = said(databases.filled().manage("backup", str(tmp_path / "nowhere" / "saved")))
    assert (status, "There is no folder" in words) == (1, True)


def test_no_password_is_on_a_command_line(on_postgres: Databases, tmp_path: Path) -> None:
    database = on_postgres.filled()
    seen = tmp_path / "seen"
    for program in ("pg_dump", "pg_restore", "psql"):
        spy = tmp_path / "bin" / program
        spy.parent.mkdir(exist_ok=True)
        spy.write_text(f'#!/bin/sh\necho "{program} $*" >> {seen}\nPATH={os.environ["PATH"]} exec {program} "$@"\n')
        spy.chmod(0o755)
    database.more = {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"}
    assert said(database.manage("backup", str(tmp_path / "saved")))[0] == 0
    assert said(database.manage("restore", str(tmp_path / "saved"), "--replace"))[0] == 0
    commands = seen.read_text()
    password = database.url.split(":")[2].partition("@")[0]
    assert ["pg_dump" in commands, "psql" in commands, password in commands] == [True, True, False]


def test_it_names_the_package_that_is_missing(on_postgres: Databases, tmp_path: Path) -> None:
    database = on_postgres.filled()
    database.more = {"PATH": str(tmp_path)}
    status, words = said(database.manage("backup", str(tmp_path / "saved")))
    assert (status, "apt-get install postgresql-client" in words) == (1, True)
    assert list(tmp_path.glob("*saved*")) == []


def test_a_restore_that_is_killed_changes_nothing(on_postgres: Databases, tmp_path: Path) -> None:
    database = on_postgres.filled()
    # A pg_restore that hangs before its end, so that there is a middle to be killed in.
    hanging = tmp_path / "bin" / "pg_restore"
    hanging.parent.mkdir()
    hanging.write_text(f'#!/bin/sh\nPATH={os.environ["PATH"]} pg_restore "$@"\necho > {tmp_path}/written\nsleep 600\n')
    hanging.chmod(0o755)
    environment = database.environment | {"PATH": f"{hanging.parent}:{os.environ['PATH']}"}
    command = [sys.executable, "manage.py", "restore", str(on_postgres.backup), "--replace"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as process:
        while not (tmp_path / "written").exists():
            assert process.poll() is None
            time.sleep(0.1)
        process.kill()
        process.wait()
        os.killpg(process.pid, signal.SIGKILL)
    assert database.rows("count") == on_postgres.counts


def interrupt(database: Database, folder: Path, number: signal.Signals) -> list[Path]:
    """Ends a backup to the folder in its middle; gives what it leaves there."""
    # A pg_dump that hangs before its end.
    hanging = folder / "bin" / "pg_dump"
    hanging.parent.mkdir()
    hanging.write_text(f"#!/bin/sh\necho half\necho > {folder}/bin/written\nexec sleep 600\n")
    hanging.chmod(0o755)
    environment = database.environment | {"PATH": f"{hanging.parent}:{os.environ['PATH']}"}
    command = [sys.executable, "manage.py", "backup", str(folder / "night.backup")]
    with subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True) as process:
        while not (folder / "bin" / "written").exists():
            assert process.poll() is None
            time.sleep(0.1)
        # To it alone, as systemd does (KillMode=mixed).
        process.send_signal(number)
        process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return [path for path in folder.iterdir() if path.name != "bin"]


def test_a_backup_that_is_stopped_leaves_nothing(on_postgres: Databases, tmp_path: Path) -> None:
    assert interrupt(on_postgres.first, tmp_path, signal.SIGTERM) == []


def test_half_a_backup_goes_with_the_next_one_unless_somebody_writes_it(on_postgres: Databases, tmp_path: Path) -> None:
    [half] = interrupt(on_postgres.first, tmp_path, signal.SIGKILL)
    assert half.read_text() == "half\n"
    with new_private_file(tmp_path / "another.backup") as under_way:
        assert on_postgres.first.manage("backup", str(tmp_path / "next.backup")).returncode == 0
        assert {path.name for path in tmp_path.iterdir()} == {"bin", "next.backup", under_way.name}
