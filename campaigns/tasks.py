"""The only place of this app that enqueues: always on commit, always with ids."""

from functools import partial

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from accounts.models import Device
from campaigns import retention
from campaigns.delivery import worker
from campaigns.delivery.single import send_test
from campaigns.models import Alert


@task(queue_name="delivery")
def deliver(alert_id: int) -> None:
    """A doorbell: claims and sends what is free of the alert. Hearing it twice, or too often, does no harm."""
    worker.send_batches(alert_id)


@task(queue_name="retries")
def deliver_pending(alert_id: int) -> None:
    """A doorbell for the lane of postponed deliveries."""
    worker.send_pending(alert_id)


@task(queue_name="interactive")
def send_test_alert(alert_id: int, device_id: int) -> None:
    """Shows an alert on one organiser's own device, as followers will see it."""
    alert = Alert.objects.select_related("action__campaign", "corrects").filter(pk=alert_id).first()
    device = Device.objects.filter(pk=device_id).first()
    if alert and device:
        send_test(alert, device, timezone.now())


@task(queue_name="maintenance")
def forget_what_is_over() -> None:
    """Deletes what is no longer needed."""
    retention.forget(timezone.now())


def enqueue_forgetting() -> None:
    """Deletes what is no longer needed, soon."""
    transaction.on_commit(forget_what_is_over.enqueue)


def ring_delivery(alert_id: int) -> None:
    """Rings one delivery worker."""
    transaction.on_commit(partial(deliver.enqueue, alert_id))


def ring_retries(alert_id: int) -> None:
    """Rings the worker of the postponed lane."""
    transaction.on_commit(partial(deliver_pending.enqueue, alert_id))


def enqueue_test_alert(alert_id: int, device_id: int) -> None:
    """Sends an alert to one organiser's own device soon."""
    transaction.on_commit(partial(send_test_alert.enqueue, alert_id, device_id))
