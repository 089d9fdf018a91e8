"""The only place of this app that enqueues: always on commit, always with ids."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from accounts.models import Device
from campaigns import retention
from campaigns.delivery import worker
from campaigns.delivery.organiser_pushes import send_due
from campaigns.delivery.single import send_test
from campaigns.kinds import Urgency
from campaigns.models import Alert, Asking, Canary, OfficialImport
from campaigns.models.series import carry_on
from campaigns.outreach.importing.work import work_on
from campaigns.sharing import previews
from campaigns.watching import canaries
from mobilise.quiet_tasks import store_nothing_of_errors

# Whose doorbell is heard first when several wait.
PRIORITIES = {Urgency.HIGH: 50, Urgency.NORMAL: 0, Urgency.LOW: -50, Urgency.VERY_LOW: -90}


@task(queue_name="delivery")
@store_nothing_of_errors
def deliver(alert_id: int) -> str:
    """A doorbell: claims and sends what is free of the alert. Hearing it twice, or too often, does no harm."""
    if worker.send_batches(alert_id):
        ring_delivery(alert_id)
        return "others first"
    return "done"


@task(queue_name="retries")
@store_nothing_of_errors
def deliver_pending(alert_id: int) -> str:
    """A doorbell for the lane of postponed deliveries."""
    if worker.send_pending(alert_id):
        ring_retries(alert_id)
        return "others first"
    return "done"


@task(queue_name="interactive")
@store_nothing_of_errors
def send_test_alert(alert_id: int, device_id: int) -> str:
    """Shows an alert on one organiser's own device, as followers will see it."""
    alert = Alert.objects.select_related("action__campaign", "corrects").filter(pk=alert_id).first()
    device = Device.objects.filter(pk=device_id).first()
    if alert is None or device is None:
        return "nothing to do"
    send_test(alert, device, timezone.now())
    return "done"


@task(queue_name="interactive")
@store_nothing_of_errors
def send_canary(canary_id: int) -> str:
    """Sends a canary its message, on the queue of single messages: a worker that died shows. Returns the outcome."""
    return canaries.send(canary_id, timezone.now())


@task(queue_name="interactive")
@store_nothing_of_errors
def push_to_organisers(asking_id: int) -> str:
    """A doorbell: sends organisers what is due about an alert that awaits approval. Returns how many."""
    return str(send_due(asking_id, timezone.now()))


@task(queue_name="maintenance")
@store_nothing_of_errors
def forget_what_is_over() -> str:
    """Deletes what is no longer needed."""
    retention.forget(timezone.now())
    return "done"


@task(queue_name="maintenance")
@store_nothing_of_errors
def carry_series_on() -> str:
    """Makes the next broadcast of each weekly series, as a draft. Returns how many."""
    return str(carry_on(timezone.now()))


def enqueue_series() -> None:
    """Looks after the weekly series, soon."""
    transaction.on_commit(carry_series_on.enqueue)


@task(queue_name="maintenance")
@store_nothing_of_errors
def draw_previews() -> str:
    """Draws the pictures of links that are new or changed."""
    return f"{previews.draw_previews(timezone.now())} drawn"


def enqueue_previews() -> None:
    """Looks for pictures to draw, soon."""
    transaction.on_commit(draw_previews.enqueue)


@task(queue_name="maintenance")
@store_nothing_of_errors
def work_on_import(import_id: int) -> str:
    """A doorbell: checks or stores a list of officials. Hearing it twice, or too often, does no harm."""
    return work_on(import_id)


def ring_imports(now: datetime) -> None:
    """Tells a worker of the lists that wait for one: just uploaded, just confirmed, or left by one that was killed."""
    for import_id in OfficialImport.objects.ring(now):
        transaction.on_commit(partial(work_on_import.enqueue, import_id))


def enqueue_forgetting() -> None:
    """Deletes what is no longer needed, soon."""
    transaction.on_commit(forget_what_is_over.enqueue)


def ring_delivery(alert_id: int) -> None:
    """Rings one delivery worker; an urgent alert's doorbell is heard first."""
    transaction.on_commit(partial(deliver.using(priority=_priority(alert_id)).enqueue, alert_id))


def ring_retries(alert_id: int) -> None:
    """Rings the worker of the postponed lane."""
    transaction.on_commit(partial(deliver_pending.using(priority=_priority(alert_id)).enqueue, alert_id))


def ring_canaries(now: datetime) -> None:
    """Sends their message to the canaries whose moment has come."""
    for canary_id in Canary.objects.ring(now, canaries.period()):
        transaction.on_commit(partial(send_canary.enqueue, canary_id))


def ring_organisers(now: datetime) -> None:
    """Pushes to the phones of organisers: of approvers when an alert awaits approval, of all when one sends alone."""
    for asking_id in Asking.objects.ring(now):
        transaction.on_commit(partial(push_to_organisers.enqueue, asking_id))


def enqueue_test_alert(alert_id: int, device_id: int) -> None:
    """Sends an alert to one organiser's own device soon."""
    transaction.on_commit(partial(send_test_alert.enqueue, alert_id, device_id))


def _priority(alert_id: int) -> int:
    urgency = Alert.objects.filter(pk=alert_id).values_list("urgency", flat=True).first()
    return PRIORITIES.get(Urgency(urgency or Urgency.NORMAL), 0)
