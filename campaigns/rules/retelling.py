"""Alerts that went out and told an hour that is no longer right: which are to be corrected, and how."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from campaigns.models import Action, Alert, AlertState
from campaigns.models.alerts.telling import retold, start_in_words
from mobilise.fields import Texts, TranslatedField


def has_told_another_start(alert: Alert, action: Action) -> bool:
    """Whether it went out (or, a correction, was written) when the action began at another moment."""
    return alert.told_start is not None and alert.told_start != action.starts_at


def corrected_body(alert: Alert, action: Action) -> Texts:
    """The alert's text with the new start; where it does not tell the old one as we would, a sentence of our own."""
    body: Texts = alert.body
    if alert.told_start is None or not has_told_another_start(alert, action):
        return body
    bodies = retold(body, (alert.told_start, action.zone), action)
    for language, text in bodies.items():
        if text == body[language]:
            with translation.override(language):
                new = _("New time: %(start)s.") % {"start": start_in_words(action.starts_at, action.zone, language)}
            bodies[language] = new
    limit = _limit_of_bodies()
    return {language: text[:limit] for language, text in bodies.items()}


def alerts_to_correct(action: Action, alerts: list[Alert], now: datetime) -> list[Alert]:
    """Of the alerts that told another start those whose correction reaches whoever had one of them.

    The latest for each group of departements; one to all followers stands for those narrowed before it.
    """
    if action.ends_at <= now:
        return []
    begun = sorted((alert for alert in alerts if alert.started_at), key=lambda alert: alert.started_at or now)
    latest = {tuple(alert.departements): alert for alert in begun}
    to_all = latest.pop((), None)
    after = [alert for alert in latest.values() if to_all is None or begun.index(alert) > begun.index(to_all)]
    corrected = {alert.corrects_id for alert in alerts if _corrects_now(alert, action)}
    if to_all is not None and has_told_another_start(to_all, action) and to_all.pk not in corrected:
        return [to_all]
    return [alert for alert in after if has_told_another_start(alert, action) and alert.pk not in corrected]


def _corrects_now(alert: Alert, action: Action) -> bool:
    return (
        alert.corrects_id is not None
        and alert.state != AlertState.CANCELLED
        and not has_told_another_start(alert, action)
    )


def _limit_of_bodies() -> int:
    model_field = Alert._meta.get_field("body")
    assert isinstance(model_field, TranslatedField)  # noqa: S101  # for the type checker
    return model_field.text_max_length
