"""Alerts that the page prepared for a moment: on top, to look at, change, and schedule with one tap."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from campaigns.admin.alerts.cards import AlertCard
from campaigns.admin.alerts.inline import AlertFormSet
from campaigns.kinds import Purpose
from campaigns.models import Alert, AlertState

if TYPE_CHECKING:
    from campaigns.admin.base import OrganiserPage as Inner
else:
    Inner = object


@dataclass(frozen=True, slots=True)
class Proposed:
    """A draft, and where on the page its form is."""

    card: AlertCard
    anchor: str

    @property
    def alert(self) -> Alert:
        """The draft."""
        return self.card.alert

    @property
    def texts(self) -> list[tuple[str, str, str]]:
        """(language, title, text), the languages of either."""
        title, body = self.alert.title, self.alert.body
        return [(code, title.get(code, ""), body.get(code, "")) for code in dict.fromkeys([*title, *body])]


class ProposedAlerts(Inner):
    """A page with prepared alerts on top."""

    def proposed_alerts(self, action: Any) -> Collection[int]:
        """Keys of the drafts that go there, beside corrections."""
        return ()

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], **kwargs: Any) -> Any:  # type: ignore[override]  # only obj is looked at
        """Adds them, once the cards of the alerts are made."""
        response: Any = super().render_change_form(request, context, **kwargs)
        action = kwargs.get("obj")
        if action:
            chosen = set(self.proposed_alerts(action))
            forms = [
                form
                for inline in response.context_data["inline_admin_formsets"]
                if isinstance(inline.formset, AlertFormSet)
                for form in inline.formset.initial_forms
            ]
            response.context_data["proposed"] = [
                Proposed(form.card, str(form.prefix))
                for form in forms
                if form.card and _is_proposed(form.card.alert, chosen)
            ]
        return response


def _is_proposed(alert: Alert, chosen: Collection[int]) -> bool:
    return alert.state == AlertState.DRAFT and (alert.purpose == Purpose.CORRECTION or alert.pk in chosen)
