"""What the page shows of one alert beside its form: state, figures, problems, how many it goes to, its buttons."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from campaigns import rules
from campaigns.admin.figures import AlertFigures, figures_of
from campaigns.models import Action, Alert, Membership


@dataclass(frozen=True, slots=True)
class AlertCard:
    """One alert as an organiser sees it."""

    alert: Alert
    figures: AlertFigures
    may_approve: bool = False
    goes_to: int | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def may_correct(self) -> bool:
        """Somebody can have had it."""
        return self.alert.started_at is not None


def status_cards(alerts: Iterable[Alert], mine: Membership | None) -> dict[int, AlertCard]:
    """{alert id: card} with what changes while alerts are sent: state, figures, buttons. Three statements."""
    alerts = list(alerts)
    figures = figures_of(alerts)
    return {alert.pk: AlertCard(alert, figures[alert.pk], _may_approve(alert, mine)) for alert in alerts}


def full_cards(action: Action, mine: Membership | None) -> dict[int, AlertCard]:
    """{alert id: card} with what the form needs beside: whom an alert goes to, and what is wrong with its text."""
    alerts = list(action.alerts.select_related("corrects"))
    figures = figures_of(alerts)
    sizes: dict[tuple[str, int | None], int] = {}
    cards = {}
    for alert in alerts:
        alert.action = action
        size, problems = None, []
        if alert.is_editable:
            # Alerts to the same audience share one count.
            key = (alert.audience, alert.corrects_id)
            sizes[key] = size = sizes[key] if key in sizes else rules.audience_size(alert)
            problems = rules.text_problems(alert)
        cards[alert.pk] = AlertCard(alert, figures[alert.pk], _may_approve(alert, mine), size, problems)
    return cards


def _may_approve(alert: Alert, mine: Membership | None) -> bool:
    """For showing the button; Alert.approve decides."""
    return mine is not None and mine.may_approve and alert.scheduled_by_id != mine.user_id
