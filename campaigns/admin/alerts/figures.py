"""An action's figures for its organisers: what became of its alerts, and who takes part."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields

from django.db.models import Count as CountRows
from django.db.models import Sum

from campaigns.delivery.messages import SAMPLED_ABOVE, sample_of
from campaigns.models import Alert, Batch, PendingDelivery, ReceiptCount, ReceiptEvent
from campaigns.models.batch import Count
from campaigns.rules import full_tens


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


def told_of(alert: Alert, figures: AlertFigures) -> AlertFigures:
    """As they may be said: by departement in full tens, as how many it goes to is (docs/adr/0015)."""
    if not alert.departements:
        return figures
    counts = {one.name: getattr(figures, one.name) for one in fields(figures)}
    counts |= {name: full_tens(count) for name, count in counts.items() if name != "shown_is_estimate"}
    return AlertFigures(**counts)


def audience_told(alert: Alert) -> int:
    """How many it began to go to, said so too."""
    size = alert.audience_size or 0
    return full_tens(size) if alert.departements else size


def figures_of(alerts: Iterable[Alert]) -> dict[int, AlertFigures]:
    """{alert id: figures as they are}, in three statements however many alerts there are."""
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
