"""How fast alerts are being accepted, now."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Sum

from campaigns.models import Alert, AlertState, DeliveryTally
from campaigns.models.delivery_tally import bucket_of

# "Now": long enough not to jump with every window of deliveries, short enough to show that something stopped.
NOW = timedelta(seconds=10)


def rates_of(alerts: Iterable[Alert], now: datetime) -> dict[int, float]:
    """{alert id: accepted per second in the last 10 to 15 s} of those that are being sent, in one statement or none."""
    sending = {alert.pk: alert.started_at or now for alert in alerts if alert.state == AlertState.SENDING}
    if not sending:
        return {}
    since = bucket_of(now - NOW)
    recent = DeliveryTally.objects.filter(batch__alert_id__in=sending, at__gte=since, answer__startswith="2")
    sums = dict(recent.order_by().values_list("batch__alert_id").annotate(accepted=Sum("count")))
    return {
        pk: sums.get(pk, 0) / max((now - max(since, started_at)).total_seconds(), 1.0)
        for pk, started_at in sending.items()
    }
