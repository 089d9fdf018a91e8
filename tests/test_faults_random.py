"""kill -9 at random moments: twenty workers die over one alert to 5,000 followers."""

import random
import time

import pytest

from tests.delivering import Processes
from tests.faulty import Say, StartSending

FOLLOWERS = 5000
AT_ONCE = 4
KILLS = 20
LATEST = 1.0  # seconds after the first of them has begun to send


@pytest.mark.django_db(transaction=True)
def test_it_sends_to_everybody_though_twenty_workers_die_at_random(
    start_sending: StartSending, processes: Processes, say: Say
) -> None:
    """The leases of the dead are ended when all of them are: five times 30 s would teach nothing.

    On a busy machine the push service counts as slow: the kills then fall into the lane of the postponed as well.
    """
    dice = random.Random()  # noqa: S311  # chooses the moments
    sending = start_sending(FOLLOWERS, rings=AT_ONCE)
    # So much of it takes longer than the lives of all who die.
    sending.push.answer("*", delay=0.1)
    died_at = []
    for _ in range(KILLS // AT_ONCE):
        workers = [processes.start("worker", "--queue", "delivery,retries") for _ in range(AT_ONCE)]
        sending.wait_for_arrivals(sending.push.total() + 1)
        began = time.monotonic()
        for worker, moment in zip(workers, sorted(dice.uniform(0, LATEST) for _ in workers), strict=True):
            time.sleep(max(0.0, began + moment - time.monotonic()))
            assert worker.poll() is None, "it ended by itself"
            processes.kill(worker)
            died_at.append(sending.push.total())
        sending.end_leases()
        sending.forget_bells()
    sending.push.answer("*", status=201)
    processes.start("worker", "--queue", "delivery")
    processes.start("worker", "--queue", "retries")
    sending.wait_until_sent()
    say(f"{len(died_at)} kills, after so many messages: {died_at}")
    sending.repeats(len(died_at), say)
