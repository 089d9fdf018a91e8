"""An action's figures for its organisers: what became of its alerts, and who takes part."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count as CountRows
from django.db.models import Sum

from campaigns.delivery.messages import SAMPLED_ABOVE, sample_of
from campaigns.models import Alert, Batch, PendingDelivery, ReceiptCount, ReceiptEvent
from campaigns.models.batch import Count


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """Numbers of devices."""

    accepted: int = 0
    refused: int = 0
    gone: int = 0
    failed: int = 0
    quiet: int = 0
    skipped: int = 0
    unreachable: int = 0
    poisoned: int = 0
    pending: int = 0
    shown: int = 0
    opened: int = 0
    not_shown: int = 0
    shown_is_estimate: bool = False

    @property
    def not_sent(self) -> int:
        """Followers it was not sent to: quiet hours, no longer in the audience, alerts off, broken."""
        return self.quiet + self.skipped + self.unreachable + self.poisoned

    @property
    def dealt_with(self) -> int:
        """Those whose turn came, and who are not asked again."""
        return self.accepted + self.refused + self.gone + self.failed + self.not_sent


def figures_of(alerts: Iterable[Alert]) -> dict[int, AlertFigures]:
    """{alert id: figures}, in three statements however many alerts there are."""
    audiences = {alert.pk: alert.audience_size or 0 for alert in alerts}
    ids = list(audiences)
    sums = {name: Sum(name) for name in Count.values}
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    for row in Batch.objects.filter(alert_id__in=ids).order_by().values("alert_id").annotate(**sums):
        numbers[row["alert_id"]] = {name: row[name] for name in sums}  # type: ignore[literal-required]
    waiting = PendingDelivery.objects.filter(alert_id__in=ids).order_by().values("alert_id")
    for row in waiting.annotate(pending=CountRows("pk")):
        numbers[row["alert_id"]]["pending"] = row["pending"]
    receipts = ReceiptCount.objects.filter(alert_id__in=ids).values("alert_id", "event").order_by()
    for row in receipts.annotate(reports=Sum("total")):
        # One phone in N reports that it showed the alert; every phone reports that it was opened.
        weight = sample_of(audiences[row["alert_id"]]) if row["event"] == ReceiptEvent.SHOWN else 1
        numbers[row["alert_id"]][row["event"]] = row["reports"] * weight
    return {
        pk: AlertFigures(**numbers[pk], shown_is_estimate=audience > SAMPLED_ABOVE)
        for pk, audience in audiences.items()
    }
