"""The scheduler's lock in PostgreSQL."""

import pytest
from django.db import connection

from mobilise.leadership import AdvisoryLock
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
