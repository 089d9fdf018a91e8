"""The scheduler's lock in PostgreSQL."""

import pytest
from django.db import connection

from mobilise.leadership import AdvisoryLock, scheduler_leadership
from tests.delivering import wait_until


@pytest.mark.django_db(transaction=True)
def test_a_leader_whose_connection_is_ended_stops_leading_at_once():
    one, other = AdvisoryLock(), AdvisoryLock()
    assert (one.is_ours(), other.is_ours(), one.is_ours()) == (True, False, True)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    wait_until(other.is_ours, "the other to lead")

    assert (one.is_ours(), other.is_ours()) == (False, True)
    other.give_up()
    wait_until(one.is_ours, "the first to lead again")
    one.give_up()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("busy", "limit"), [(False, "30s"), (True, "0")])
def test_only_who_is_busy_with_something_else_may_stand_still(busy: bool, limit: str):
    leader = scheduler_leadership(may_stand_still=busy)
    assert isinstance(leader, AdvisoryLock)
    assert leader.is_ours()

    assert leader._ask("SHOW idle_session_timeout") == limit
    leader.give_up()
