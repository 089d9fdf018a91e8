"""What delivery knows of each push service: slow, busy, and how long it is left in peace."""

import threading

import pytest

from campaigns.delivery.hosts import (
    BACKOFF_MOST,
    BUSY_TO_HOLD,
    LAST_TRY_SECONDS,
    LONGEST_HOLD,
    MOST_HOSTS,
    RECENT_SECONDS,
    HostWatch,
    Pace,
    backoff,
    backoff_within,
)
from mobilise.webpush.answers import Answer, Outcome

HOST = "push.example"


def watch_with(answers: list[Answer], *, at: float = 0.0, outcome: Outcome = Outcome.RETRY) -> HostWatch:
    """A watch that saw these answers of one host."""
    watch = HostWatch()
    for number, answer in enumerate(answers):
        watch.observe(HOST, answer, outcome, number, True, at)
    return watch


def busy(retry_after: float | None = None) -> Answer:
    return Answer(503, retry_after, "", 0.1)


def took(seconds: float) -> Answer:
    return Answer(201, None, "", seconds)


def test_it_backs_off_within_bounds_however_often_it_was_tried() -> None:
    waits = [backoff(attempts) for attempts in (0, 1, 10, 1024, 10**6)]
    assert all(1.0 <= wait <= BACKOFF_MOST * 1.5 for wait in waits)


def test_it_spreads_the_last_tries_over_what_is_left_until_some_seconds_before_the_end() -> None:
    waits = [backoff_within(60.0, 10**6) for _ in range(200)]
    assert all(30.0 <= wait < 60.0 for wait in waits)
    assert len(set(waits)) > 1
    assert backoff_within(LAST_TRY_SECONDS - 1, 10**6) > LAST_TRY_SECONDS
    assert backoff_within(3600.0, 0) <= 3.0


@pytest.mark.parametrize("retry_after", [None, 0.0, 30.0, 86400.0])
def test_it_leaves_a_busy_host_in_peace_for_a_minute_at_most(retry_after: float | None) -> None:
    watch = watch_with([busy(retry_after)] * 200)
    held = watch.held_until(HOST, 0.0)
    assert held is not None
    assert 0 < held <= LONGEST_HOLD


def test_it_takes_a_burst_for_one_request_for_peace() -> None:
    watch = watch_with([busy()] * 200)
    held = watch.held_until(HOST, 0.0)
    assert held is not None
    assert held <= 3.0


def test_it_does_not_hold_a_host_for_one_subscription() -> None:
    assert watch_with([busy(60.0)] * (BUSY_TO_HOLD - 1)).held_until(HOST, 0.0) is None


def test_it_finds_a_host_slow_when_one_in_twenty_takes_long() -> None:
    assert watch_with([took(0.1)] * 90 + [took(1.5)] * 10).pace(HOST, 1.0) is Pace.SLOW
    assert watch_with([took(0.1)] * 99 + [took(1.5)]).pace(HOST, 1.0) is Pace.QUICK


def test_it_finds_a_rare_host_slow_when_every_second_one_takes_long() -> None:
    assert watch_with([took(2.0)] * 3).pace(HOST, 1.0) is Pace.SLOW
    assert watch_with([took(2.0)] * 2).pace(HOST, 1.0) is Pace.QUICK
    assert watch_with([took(0.1)] * 3 + [took(2.0)] * 2).pace(HOST, 1.0) is Pace.QUICK


def test_it_is_unsure_of_a_slow_host_after_a_silence_until_a_few_answers_came() -> None:
    watch = watch_with([took(5.0)] * 50)
    later = RECENT_SECONDS + 1
    assert watch.pace(HOST, RECENT_SECONDS - 1) is Pace.SLOW
    assert watch.pace(HOST, later) is Pace.UNSURE
    for device in range(3):
        watch.observe(HOST, took(0.1), Outcome.ACCEPTED, device, True, later)
    assert watch.pace(HOST, later) is Pace.QUICK


def test_it_takes_a_host_for_slow_whose_answers_were_not_waited_for() -> None:
    cancelled = [Answer(None, None, "cancelled", 0.3)] * 3
    assert watch_with(cancelled, outcome=Outcome.CANCELLED).pace(HOST, 1.0) is Pace.SLOW


def test_it_learns_nothing_of_a_host_from_our_own_refusals() -> None:
    own = Answer(None, None, "keys", 0.0)
    assert watch_with([own] * 100, outcome=Outcome.REFUSED).refusing([HOST]) == []


def test_it_does_not_leave_a_host_in_peace_for_an_hour_when_the_clock_is_set_back() -> None:
    watch = watch_with([busy()] * BUSY_TO_HOLD, at=7200.0)
    assert watch.held_until(HOST, 7200.0)
    assert watch.held_until(HOST, 3600.0) is None
    assert watch_with([took(5.0)] * 50, at=7200.0).pace(HOST, 3600.0) is Pace.UNSURE


def test_it_takes_one_subscription_that_is_refused_again_and_again_for_one() -> None:
    watch = HostWatch()
    for _ in range(100):
        watch.observe(HOST, Answer(401, None, "", 0.1), Outcome.REFUSED, 7, True, 0.0)
    assert watch.refusing([HOST]) == []


def test_it_takes_a_host_that_refuses_fewer_than_half_for_a_good_one() -> None:
    watch = HostWatch()
    for number in range(100):
        status, outcome = (401, Outcome.REFUSED) if number % 5 < 2 else (201, Outcome.ACCEPTED)
        watch.observe(HOST, Answer(status, None, "", 0.1), outcome, number, True, 0.0)
    assert watch.refusing([HOST]) == []


def test_it_is_read_and_written_by_several_threads() -> None:
    watch = watch_with([took(0.1)] * 100)
    troubles: list[Exception] = []

    def use() -> None:
        try:
            for number in range(5_000):
                watch.observe(HOST, took(0.1), Outcome.ACCEPTED, number, True, 1.0)
                watch.pace(HOST, 1.0)
                watch.refusing([HOST])
        except Exception as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []


def test_it_remembers_a_bounded_number_of_hosts() -> None:
    watch = HostWatch()
    for number in range(MOST_HOSTS + 10):
        watch.observe(f"w{number}.notify.windows.com", took(5.0), Outcome.ACCEPTED, number, True, 0.0)
    assert len(watch._hosts) == MOST_HOSTS
