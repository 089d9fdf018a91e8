"""What the page shows of one alert beside its form: state, figures, problems, how many it goes to, its buttons."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.utils import timezone
from django.utils.formats import number_format

from campaigns import rules
from campaigns.admin.alerts import reach
from campaigns.admin.alerts.figures import AlertFigures, audience_told, figures_of, told_of
from campaigns.admin.alerts.preview import Preview, previews_of
from campaigns.admin.alerts.rate import rates_of
from campaigns.admin.approval.eyes import NOTHING, Eyes, eyes_of
from campaigns.models import Action, Alert, AlertState, Membership
from campaigns.models.alerts.limits import Limits


@dataclass(frozen=True, slots=True)
class AlertCard:
    """One alert as an organiser sees it."""

    alert: Alert
    figures: AlertFigures
    eyes: Eyes = NOTHING
    rate: float | None = None  # accepted per second, while it is being sent
    goes_to: str = ""
    problems: list[str] = field(default_factory=list)
    warnings: list[rules.Warned] = field(default_factory=list)
    previews: list[Preview] = field(default_factory=list)

    @property
    def warned_of(self) -> str:
        """What its page warns of, as the form sends it back."""
        return " ".join(one.code for one in self.warnings)

    @property
    def may_correct(self) -> bool:
        """Somebody can have had it."""
        return self.alert.started_at is not None

    @property
    def audience(self) -> int:
        """How many it began to go to, as it may be said."""
        return audience_told(self.alert)

    @property
    def is_under_way(self) -> bool:
        """Being sent, or paused in the middle of it."""
        return self.alert.state in (AlertState.SENDING, AlertState.PAUSED)

    @property
    def per_second(self) -> str:
        """The rate as people read it: whole, or with one digit when it is slow."""
        rate = self.rate or 0.0
        return number_format(rate, 0 if rate >= 10 or rate == 0 else 1, use_l10n=True, force_grouping=True)


def status_cards(alerts: Iterable[Alert], mine: Membership | None) -> dict[int, AlertCard]:
    """{alert id: card} with what changes while alerts are sent: state, rate, figures, who was asked, buttons."""
    alerts = list(alerts)
    figures, eyes, rates = figures_of(alerts), eyes_of(alerts, mine), rates_of(alerts, timezone.now())
    return {
        alert.pk: AlertCard(
            alert,
            told_of(alert, figures[alert.pk]),
            eyes.get(alert.pk, NOTHING),
            # So many in some seconds are few.
            None if alert.departements else rates.get(alert.pk),
        )
        for alert in alerts
    }


def full_cards(action: Action, mine: Membership | None) -> dict[int, AlertCard]:
    """{alert id: card} with what the form needs beside: whom an alert goes to, and what is wrong with its text."""
    alerts = list(action.alerts.select_related("corrects"))
    for alert in alerts:
        alert.action = action
    editable = [alert for alert in alerts if alert.is_editable]
    reaches, near = _reaches(editable), rules.alerts_near(editable)
    limits = Limits.about(editable) if editable else None
    cards = {}
    for alert_id, card in status_cards(alerts, mine).items():
        if card.alert.is_editable:
            reached = reaches[alert_id]
            card = replace(
                card,
                goes_to=reach.goes_to(card.alert, reached),
                problems=rules.problems_of(card.alert, reached, limits),
                warnings=rules.warnings_of(card.alert, near),
                previews=previews_of(card.alert),
            )
        cards[alert_id] = card
    return cards


def _reaches(alerts: list[Alert]) -> dict[int, rules.Reach]:
    """{alert id: reach}. Alerts to the same audience share one count."""
    known: dict[tuple[object, ...], rules.Reach] = {}
    found = {}
    for alert in alerts:
        key = (alert.audience, tuple(alert.departements), alert.corrects_id)
        if key not in known:
            known[key] = rules.reach_of(alert)
        found[alert.pk] = known[key]
    return found
