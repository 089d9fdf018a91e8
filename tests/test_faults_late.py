"""A worker that stood still until its lease ran out, and others did its work: what it writes then is refused."""

import pytest

from campaigns.models import Batch, DeliveryTally, PendingDelivery
from tests.delivering import Processes, counts_of, wait_until
from tests.faulty import Say, Sending, StartSending, freeze, thaw
from tests.push_service.behaviours import Behaviour

FOLLOWERS = 300
POSTPONED = 60
REFUSED = "another holder by now"
LEASE_AND_MORE = 120


def tallied(sending: Sending) -> int:
    return sum(DeliveryTally.objects.filter(batch__alert=sending.alert).values_list("count", flat=True))


@pytest.mark.django_db(transaction=True)
def test_it_refuses_what_a_worker_notes_after_its_lease(
    start_sending: StartSending, processes: Processes, say: Say
) -> None:
    """One is stopped in a window, one in the lane of the postponed; both leases really run out."""
    lane = start_sending(POSTPONED)
    slow = Behaviour(delay=1)
    lane.push.answer_many({token: [Behaviour(status=500), slow, Behaviour()] for token in lane.tokens})
    lane.tick()
    lane_worker = processes.start("worker", "--queue", "delivery,retries")
    lane.wait_for_arrivals(POSTPONED + 1)  # the first of those that are sent to again
    freeze(lane_worker)
    assert PendingDelivery.objects.filter(alert=lane.alert, lease_until__isnull=False).exists()
    sent_before = lane.push.total()
    lane.push.answer("*", delay=1)
    window = start_sending(FOLLOWERS)
    window.tick()
    window_worker = processes.start("worker", "--queue", "delivery")
    window.wait_for_arrivals(sent_before + 1)
    freeze(window_worker)
    assert Batch.objects.get(alert=window.alert).lease_until is not None
    lane.push.answer("*", status=201)
    processes.start("worker", "--queue", "delivery,retries")
    window.wait_until_sent(LEASE_AND_MORE)
    lane.wait_until_sent(LEASE_AND_MORE)
    before = [(counts_of(one.alert), tallied(one)) for one in (window, lane)]
    assert REFUSED not in processes.log.read_text()
    thaw(window_worker)
    thaw(lane_worker)
    wait_until(lambda: processes.log.read_text().count(REFUSED) == 2, "both refused")
    assert [(counts_of(one.alert), tallied(one)) for one in (window, lane)] == before
    window.repeats(1, say)
    lane.repeats(1, say)
