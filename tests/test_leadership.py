"""Several schedulers: one leads, another takes over within seconds, and none ends while the database is away."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from campaigns.models import Alert, AlertState
from mobilise.leadership import FileLock
from tests.delivering import Delivery, Processes, wait_until
from tests.engines import engine
from tests.make import make_alert, make_campaign, make_hashtag_push
from tests.servers import Postgres
from tests.servers.postgres import CARELESS

TAKEOVER_SECONDS = 15
LEADS = "this process leads"
STARTED = "a tick every"


@pytest.mark.django_db(transaction=True)
def test_another_scheduler_takes_over_when_the_leader_is_killed(delivery: Delivery, processes: Processes):
    leader = processes.start("scheduler")
    wait_until(lambda: said(processes, LEADS) == 1, "a leader")
    other = processes.start("scheduler")
    wait_until(lambda: said(processes, STARTED) == 2, "another scheduler")
    processes.start("worker", "--queue", "delivery")
    assert said(processes, LEADS) == 1

    processes.kill(leader)

    wait_until(lambda: said(processes, LEADS) == 2, "the other to lead", TAKEOVER_SECONDS)
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.push.wait_for(1, by=follower.push)
    wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert sent by the other")
    other.terminate()
    assert other.wait(20) == 0
    assert "Traceback" not in processes.log.read_text()


def said(processes: Processes, words: str) -> int:
    return processes.log.read_text().count(words)


# ---- the database goes away


class OwnSqlite:
    """A database of its own, which can be taken away."""

    def __init__(self, folder: Path) -> None:
        self._place, self._hidden = folder / "place", folder / "hidden"
        self._place.mkdir()
        self.url = f"sqlite:///{self._place / 'mobilise.sqlite3'}"

    def take_away(self) -> None:
        self._place.rename(self._hidden)

    def bring_back(self) -> None:
        self._hidden.rename(self._place)

    def ask(self, sql: str) -> Any:
        with closing(sqlite3.connect(self._place / "mobilise.sqlite3")) as database:
            return database.execute(sql).fetchone()

    def close(self) -> None:
        pass


class OwnPostgres:
    """A server of its own, which can be stopped."""

    def __init__(self, folder: Path) -> None:
        self._server = Postgres(folder, settings=CARELESS)
        self._server.start()
        self._server.create("mobilise")
        self.url = self._server.url("mobilise")

    def take_away(self) -> None:
        self._server.stop("immediate")

    def bring_back(self) -> None:
        self._server.start()

    def ask(self, sql: str) -> Any:
        with psycopg.connect(self.url) as database:
            return database.execute(sql).fetchone()

    def close(self) -> None:
        self._server.stop("immediate")


Own = OwnSqlite | OwnPostgres


@pytest.fixture
def own_database(tmp_path: Path, processes: Processes) -> Iterator[Own]:
    """What the processes of this test work on, alone."""
    own: Own = OwnSqlite(tmp_path) if engine() == "sqlite" else OwnPostgres(tmp_path)
    processes.env["DATABASE_URL"] = own.url
    assert processes.start("migrate", "--verbosity", "0").wait(120) == 0
    yield own
    processes.stop_all()
    own.close()


def test_the_scheduler_outlives_the_databases_absence(own_database: Own, processes: Processes):
    def beaten() -> Any:
        return own_database.ask("SELECT at FROM campaigns_heartbeat WHERE name = 'scheduler'")

    scheduler = processes.start("scheduler")
    worker = processes.start("worker", "--queue", "*")
    wait_until(beaten, "a heartbeat")
    before = beaten()

    own_database.take_away()
    wait_until(lambda: said(processes, "did not answer") or said(processes, "no longer leads"), "the loss noticed")
    own_database.bring_back()

    wait_until(lambda: beaten() != before, "a heartbeat after it")
    assert (scheduler.poll(), worker.poll()) == (None, None)
    assert "Traceback" not in processes.log.read_text()


# ---- the lock beside a file


def test_a_file_has_one_holder(tmp_path: Path):
    one, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")

    assert (one.is_ours(), other.is_ours(), one.is_ours()) == (True, False, True)
    one.give_up()
    assert (other.is_ours(), one.is_ours()) == (True, False)
    other.give_up()
