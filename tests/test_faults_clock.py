"""The clock goes an hour forward and back while an alert is sent; and an alert's minute comes while nothing runs."""

import os
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import Sum
from django.utils import timezone

from campaigns.delivery.audience import WINDOW_SIZE
from campaigns.models import Alert, AlertState, DeliveryTally
from tests.delivering import Delivery, Processes, counts_of, wait_until
from tests.make import make_alert, make_campaign, make_hashtag_push
from tests.push_service.behaviours import Behaviour

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("turn")]

HOUR = 3600.0
FOLLOWERS = 2 * WINDOW_SIZE + 50
UNLUCKY = 20  # have to be tried again


class Clock:
    """The time of day as the processes of a test see it."""

    def __init__(self, processes: Processes, file: Path) -> None:
        self._file = file
        self.shift(0)
        path = [str(Path(__file__).parent / "shifted_clock"), os.environ.get("PYTHONPATH", "")]
        processes.env |= {"CLOCK_SHIFT_FILE": str(file), "PYTHONPATH": os.pathsep.join(filter(None, path))}

    def shift(self, seconds: float) -> None:
        """So far ahead of ours it is from now on."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self._file)


@pytest.fixture
def clock(processes: Processes, tmp_path: Path) -> Clock:
    return Clock(processes, tmp_path / "shift")


def start_everything(processes: Processes) -> None:
    processes.start("scheduler")
    for queue in ("delivery", "delivery", "retries"):
        processes.start("worker", "--queue", queue)


def state_of(alert: Alert) -> str:
    return Alert.objects.get(pk=alert.pk).state


def make_long_alert(delivery: Delivery, **window: datetime) -> Alert:
    """An alert that is useful for half a day; its followers and a few of whom have to be tried twice."""
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, FOLLOWERS)
    delivery.push.answer(delay=0.2)
    again = [Behaviour(status=500), Behaviour(delay=0.2)]
    delivery.push.answer_many({one.push.token: again for one in followers[:: FOLLOWERS // UNLUCKY]})
    window = {"expires_at": timezone.now() + timedelta(hours=12), **window}
    return make_alert(make_hashtag_push(campaign), **window)


@pytest.mark.parametrize("shifts", [(HOUR, 0), (-HOUR, 0)], ids=["forward and back", "back and forward"])
def test_everybody_gets_it_though_the_clock_jumps_by_an_hour(
    delivery: Delivery, processes: Processes, clock: Clock, shifts: tuple[float, float]
) -> None:
    alert = delivery.schedule(make_long_alert(delivery))
    start_everything(processes)
    delivery.push.wait_for(1)
    for shift, arrivals in zip(shifts, (WINDOW_SIZE + 10, 2 * WINDOW_SIZE + 10), strict=True):
        clock.shift(shift)
        delivery.push.wait_for(arrivals)
    wait_until(lambda: state_of(alert) == AlertState.SENT, "the alert sent", 90)
    assert counts_of(alert) == {"accepted": FOLLOWERS}
    arrived = Counter(delivery.push.counts())
    repeats = arrived.total() - len(arrived)
    again = DeliveryTally.objects.filter(batch__alert=alert).exclude(answer="201").aggregate(sum=Sum("count"))["sum"]
    print(f"{repeats} of {FOLLOWERS} sent twice; {again} were tried again")  # noqa: T201  # figures, for the reader
    assert len(arrived) == FOLLOWERS
    # A jump takes a worker's lease away, and its window with it.
    assert repeats <= 2 * WINDOW_SIZE + again
    assert "Traceback" not in processes.log.read_text()


def test_an_alert_whose_minute_came_while_nothing_ran_is_sent_late_or_said_to_be_over(
    delivery: Delivery, processes: Processes, clock: Clock
) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    soon = timezone.now() + timedelta(minutes=1)
    useful, useless = (
        delivery.schedule(make_alert(make_hashtag_push(campaign), send_at=soon, expires_at=soon + length))
        for length in (timedelta(hours=3), timedelta(minutes=30))
    )
    clock.shift(HOUR)
    start_everything(processes)
    wait_until(lambda: state_of(useful) == AlertState.SENT, "the one that is still useful sent")
    assert state_of(useless) == AlertState.EXPIRED
    (message,) = delivery.push.received(follower.push)
    assert message.json()["notification"]["data"]["id"] == str(useful.uuid)
    # It lives for what is left of the window.
    assert int(message.headers["ttl"]) <= 2 * HOUR + 60
    assert "expired before all of it was sent" in processes.log.read_text()
