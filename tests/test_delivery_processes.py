"""A scheduler and a worker as processes of their own. What becomes of it when they are killed: test_faults_*.py."""

import pytest

from campaigns.models import Alert, AlertState
from tests.delivering import Delivery, Processes, counts_of, wait_until
from tests.make import make_alert, make_campaign, make_hashtag_push


@pytest.mark.django_db(transaction=True)
def test_it_sends_through_a_scheduler_and_a_worker_of_their_own(delivery: Delivery, processes: Processes) -> None:
    campaign = make_campaign()
    follower = delivery.follow(campaign)
    processes.start("scheduler")
    processes.start("worker", "--queue", "delivery")
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    delivery.push.wait_for(1, by=follower.push)
    wait_until(lambda: Alert.objects.get(pk=alert.pk).state == AlertState.SENT, "the alert sent")
    assert counts_of(alert) == {"accepted": 1}
