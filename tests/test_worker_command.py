"""`manage.py worker`, on whatever carries the tasks."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Sum

from campaigns.delivery.audience import WINDOW_SIZE
from campaigns.models import Alert, AlertState, Batch, DeliveryTally
from tests.delivering import Delivery, Processes, counts_of, wait_until
from tests.make import make_alert, make_campaign, make_hashtag_push

FOLLOWERS = 700


@pytest.mark.parametrize(
    "arguments", [("--queue", "nonsense"), ("--queue", "delivery,nonsense"), ("--concurrency", "0")]
)
def test_it_refuses_what_it_cannot_do(arguments: tuple[str, str]):
    with pytest.raises(CommandError, match=r"nonsense.*delivery|at least 1"):
        call_command("worker", *arguments)


@pytest.mark.django_db(transaction=True)
def test_it_ends_after_its_window_when_asked_to(delivery: Delivery, processes: Processes):
    campaign = make_campaign()
    followers = delivery.follow_many(campaign, FOLLOWERS)
    # Slow enough that the signal falls into a window.
    delivery.push.answer("*", delay=0.2)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    processes.start("scheduler")
    worker = processes.start("worker", "--queue", "delivery,retries")
    wait_until(lambda: delivery.push.total() > WINDOW_SIZE * 1.25, "a window and a quarter sent")

    worker.terminate()

    assert worker.wait(20) == 0
    assert delivery.push.total() < FOLLOWERS, "the worker was done before it could be stopped"
    batch = Batch.objects.get(alert=alert)
    assert (batch.lease_until, batch.cursor > 0) == (None, True)
    processes.start("worker", "--queue", "*", "--concurrency", "2")
    wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert sent by the next worker")
    # Nobody is left out, and nobody is sent to twice for this: it was no kill. On a busy machine a window may be cut
    # short all the same, and says so.
    arrived = Counter(one.token for one in delivery.push.received())
    cut_short = DeliveryTally.objects.exclude(answer="201").aggregate(total=Sum("count"))["total"] or 0
    assert set(arrived) == {one.push.token for one in followers}
    assert arrived.total() - FOLLOWERS <= cut_short
    assert counts_of(alert) == {"accepted": FOLLOWERS}
    assert "Traceback" not in processes.log.read_text()
