"""kill -9: a worker dies in the middle, and the next one goes on from where it had checked in."""

import random
import time
from collections import Counter

import pytest

from campaigns.delivery.audience import WINDOW_SIZE
from campaigns.models import Alert, AlertState, Batch
from tests.delivering import Delivery, Processes, counts_of, wait_until
from tests.make import make_alert, make_campaign, make_hashtag_push
from tests.push_service.behaviours import Behaviour

FOLLOWERS = 900


@pytest.mark.django_db(transaction=True)
def test_it_leaves_nobody_out_when_a_worker_is_killed(delivery: Delivery, processes: Processes) -> None:
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, FOLLOWERS)
    # Slow enough that the kill falls into a window, quick enough for no window to be cut short.
    delivery.push.answer("*", delay=0.1)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    processes.start("scheduler")
    first = processes.start("worker", "--queue", "delivery")
    processes.start("worker", "--queue", "retries")
    wait_until(lambda: delivery.push.total() > WINDOW_SIZE * 1.25, "a window and a quarter sent")
    processes.kill(first)
    seen_at_kill = delivery.push.total()
    assert seen_at_kill < FOLLOWERS, "the worker was done before it could be killed"
    delivery.push.answer("*", status=201)
    processes.start("worker", "--queue", "delivery")
    wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert sent by the next worker", 90)
    arrived = Counter(one.token for one in delivery.push.received())
    repeats = arrived.total() - len(arrived)
    print(f"killed after {seen_at_kill} of {FOLLOWERS}; {repeats} repeated")  # noqa: T201  # the figure, for the reader
    assert set(arrived) == {follower.push.token for follower in followers}
    # Fewer in the middle of a window; the whole of it when the kill falls between the last answer and the checkpoint.
    assert repeats <= WINDOW_SIZE
    assert counts_of(alert) == {"accepted": FOLLOWERS}
    assert Batch.objects.filter(alert=alert, fence__gt=1).exists()
    log = processes.log.read_text()
    assert "/push/" not in log
    assert "Traceback" not in log


KILLS = 4


@pytest.mark.django_db(transaction=True)
def test_it_accounts_for_everybody_when_workers_die_at_random_and_services_fail(
    delivery: Delivery, processes: Processes
) -> None:
    dice = random.Random()  # noqa: S311  # chooses whom to kill
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, 500)
    slow = Behaviour(delay=0.1)
    moods = {"fine": [slow], "gone": [Behaviour(status=410)], "busy": [Behaviour(status=500), slow]}
    moods["cut"] = [Behaviour(reset=True), slow]
    mood_of = {one.push.token: dice.choices(list(moods), weights=(7, 1, 1, 1))[0] for one in followers}
    delivery.push.answer_many({token: moods[mood] for token, mood in mood_of.items()})
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    processes.start("scheduler")
    queues = ["delivery", "delivery", "retries"]
    workers = [processes.start("worker", "--queue", queue) for queue in queues]
    wait_until(lambda: delivery.push.total() > 0, "the first push")
    for _ in range(KILLS):
        time.sleep(dice.uniform(0, 1.5))
        unlucky = dice.randrange(len(workers))
        processes.kill(workers[unlucky])
        workers[unlucky] = processes.start("worker", "--queue", queues[unlucky])
    wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert sent in spite of it", 240)
    arrived = Counter(one.token for one in delivery.push.received())
    fine = [token for token, mood in mood_of.items() if mood == "fine"]
    repeats = sum(arrived[token] - 1 for token in fine)
    print(f"{KILLS} kills; {repeats} of {len(fine)} sent twice")  # noqa: T201  # the figure, for the reader
    gone = sum(mood == "gone" for mood in mood_of.values())
    assert set(arrived) == set(mood_of)
    assert repeats <= KILLS * WINDOW_SIZE
    # Who is gone was sent to, and deleted, once; a kill in between leaves them to be counted as unreachable.
    counts = counts_of(alert)
    assert counts["accepted"] == len(followers) - gone
    assert sum(counts.values()) == len(followers)


@pytest.mark.django_db(transaction=True)
def test_it_sends_through_a_scheduler_and_a_worker_of_their_own(delivery: Delivery, processes: Processes) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    processes.start("scheduler")
    processes.start("worker", "--queue", "delivery")
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.push.wait_for(1, by=follower.push, timeout=30)
    wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert sent")
    assert counts_of(alert) == {"accepted": 1}
