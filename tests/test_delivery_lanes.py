"""The lane of postponed deliveries: what it asks of the database, however many batches they come from."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns.delivery import audience, worker
from campaigns.delivery.beginning import start_sending
from campaigns.models import Alert, PendingDelivery
from tests.delivering import Delivery, counts_of
from tests.make import make_alert, make_campaign, make_hashtag_push

pytestmark = pytest.mark.django_db


def postpone_all(delivery: Delivery, followers: int) -> Alert:
    """An alert of which nothing was accepted at first: all of it waits."""
    campaign = make_campaign()
    made = delivery.follow_many(campaign, followers)
    for follower in made:
        delivery.push.answer(follower.push, status=500)
    alert = delivery.schedule(make_alert(make_hashtag_push(campaign)))
    start_sending(alert, timezone.now())
    worker.send_batches(alert.pk)
    PendingDelivery.objects.update(not_before=timezone.now())
    for follower in made:
        delivery.push.answer(follower.push, status=201)
    return alert


def statements_of_the_lane(alert: Alert) -> int:
    """How many statements the worker of the lane needs to send all that waits."""
    with CaptureQueriesContext(connection) as context:
        worker.send_pending(alert.pk)
    return len(context.captured_queries)


def test_it_needs_no_more_statements_for_many_batches(delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    one = postpone_all(delivery, 12)
    monkeypatch.setattr(audience, "BATCH_SIZE", 2)
    many = postpone_all(delivery, 12)
    assert many.batches.count() == 6
    assert statements_of_the_lane(many) == statements_of_the_lane(one)


def test_it_counts_each_at_the_batch_that_it_came_from(delivery: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "BATCH_SIZE", 2)
    alert = postpone_all(delivery, 6)
    worker.send_pending(alert.pk)
    assert counts_of(alert) == {"accepted": 6}
    assert list(alert.batches.order_by("pk").values_list("accepted", flat=True)) == [2, 2, 2]
