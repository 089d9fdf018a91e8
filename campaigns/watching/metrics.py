"""What Prometheus reads: numbers from the database, so that any process of any machine says the same."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.db.models import Count as CountRows
from django.db.models import Min, Sum
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from accounts.models import Device, Subscription
from campaigns.models import (
    Alert,
    AlertState,
    Batch,
    Canary,
    Count,
    Counted,
    Heartbeat,
    PendingDelivery,
    PendingReason,
    PushHost,
    RunningTotal,
)
from campaigns.models.heartbeat import SCHEDULER
from campaigns.watching.canaries import named_canaries
from campaigns.watching.labels import host_label, outcome_of
from campaigns.watching.totals import read_answers

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
RECENT = timedelta(days=1)


class HouseCollector(Collector):
    """All of our metrics. No default collectors beside them: they tell versions."""

    def collect(self) -> Iterator[Metric]:
        """One statement or two per metric, whatever the audience."""
        now = timezone.now()
        for metrics in _METRICS:
            yield from metrics(now)


def exposition() -> bytes:
    """The metrics in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(HouseCollector())
    return generate_latest(registry)


def _answers(now: datetime) -> Iterable[Metric]:
    text = "Answers of push services. failed: no answer, retried: it said later, gone: the subscription was deleted."
    family = CounterMetricFamily("mobilise_push_answers", text, labels=("host", "outcome", "answer"))
    for (host, answer), number in sorted(read_answers().items()):
        family.add_metric((host, outcome_of(answer, host), answer), number)
    yield family


def _recoveries(now: datetime) -> Iterable[Metric]:
    total = RunningTotal.objects.filter(name=Counted.LEASE_RECOVERIES).aggregate(total=Sum("count"))["total"]
    text = "Work that another worker took over because the lease of the first ran out."
    yield CounterMetricFamily("mobilise_lease_recoveries", text, value=total or 0)


def _alerts(now: datetime) -> Iterable[Metric]:
    states = Alert.objects.order_by().values_list("state").annotate(number=CountRows("pk"))
    yield _by("mobilise_alerts", "Alerts by state.", "state", {**dict.fromkeys(AlertState.values, 0), **dict(states)})
    due = Alert.objects.due(now).aggregate(oldest=Min("send_at"))["oldest"]
    yield _seconds("mobilise_alert_due_seconds", "How long the oldest due alert waits to begin; 0: none.", due, now)
    sending = Alert.objects.in_flight().aggregate(oldest=Min("started_at"))["oldest"]
    yield _seconds("mobilise_alert_sending_seconds", "How long the oldest is being sent; 0: none.", sending, now)
    begun = Alert.objects.filter(started_at__isnull=False).order_by("-started_at").first()
    text = "From its moment to its beginning, of the alert that began last."
    begun_at = begun.started_at if begun else None
    yield _seconds("mobilise_alert_begin_lag_seconds", text, begun.send_at if begun else None, begun_at or now)


def _batches(now: datetime) -> Iterable[Metric]:
    ours = Batch.objects.filter(alert__in=Alert.objects.in_flight())
    numbers = {"leased": ours.held(now).count(), "free": ours.claimable(now).count()}
    yield _by("mobilise_batches", "Unfinished batches of alerts that are being sent.", "state", numbers)
    reasons = PendingDelivery.objects.order_by().values_list("reason").annotate(number=CountRows("pk"))
    numbers = {**dict.fromkeys(PendingReason.values, 0), **dict(reasons)}
    yield _by("mobilise_pending_deliveries", "Deliveries to be tried again, by reason.", "reason", numbers)


def _outcomes(now: datetime) -> Iterable[Metric]:
    recent = Batch.objects.filter(alert__started_at__gte=now - RECENT)
    numbers = recent.aggregate(**{f"sum_{name}": Sum(name) for name in Count.values})
    outcomes = {name: numbers[f"sum_{name}"] or 0 for name in Count.values}
    yield _by("mobilise_recent_deliveries", "Devices of the alerts of the last day.", "outcome", outcomes)


def _hosts(now: datetime) -> Iterable[Metric]:
    since: dict[str, float] = {}
    for host, paused_at in PushHost.objects.paused().values_list("host", "changed_at"):
        label = host_label(host)
        since[label] = max(since.get(label, 0.0), (now - paused_at).total_seconds() if paused_at else 0.0)
    yield _by("mobilise_push_host_paused_seconds", "How long a push service has been paused for.", "host", since)


def _signs_of_life(now: datetime) -> Iterable[Metric]:
    tick = Heartbeat.objects.heard(SCHEDULER)
    if tick:
        yield _seconds("mobilise_scheduler_tick_age_seconds", "Since the scheduler's last tick.", tick, now)
    family = GaugeMetricFamily("mobilise_canary_receipt_age_seconds", "Since the last receipt.", labels=("canary",))
    rows = Canary.objects.in_bulk()
    for number, device in enumerate(named_canaries(), start=1):
        canary = rows.get(device) if device else None
        if canary and canary.received_at:
            family.add_metric((str(number),), _age(canary.received_at, now))
    yield family


def _sizes(now: datetime) -> Iterable[Metric]:
    yield GaugeMetricFamily("mobilise_devices", "Devices.", value=Device.objects.count())
    yield GaugeMetricFamily("mobilise_subscriptions", "Devices with alerts on.", value=Subscription.objects.count())
    waiting = DBTaskResult.objects.ready().order_by().values_list("queue_name").annotate(number=CountRows("pk"))
    yield _by("mobilise_tasks_waiting", "Tasks that wait in the database, by queue.", "queue", dict(waiting))


_METRICS: tuple[Callable[[datetime], Iterable[Metric]], ...] = (
    _answers,
    _recoveries,
    _alerts,
    _batches,
    _outcomes,
    _hosts,
    _signs_of_life,
    _sizes,
)


def _by(name: str, text: str, label: str, numbers: dict[str, float] | dict[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for value, number in numbers.items():
        family.add_metric((value,), number)
    return family


def _seconds(name: str, text: str, moment: datetime | None, now: datetime) -> Metric:
    """A gauge of the seconds since ``moment``, or 0 without one."""
    return GaugeMetricFamily(name, text, value=_age(moment, now) if moment else 0.0)


def _age(moment: datetime, now: datetime) -> float:
    return max((now - moment).total_seconds(), 0.0)
