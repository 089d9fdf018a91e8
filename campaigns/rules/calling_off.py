"""An action is cancelled: the correction that tells whoever had one of its alerts."""

from datetime import datetime, timedelta

from campaigns.kinds import Purpose, Urgency
from campaigns.models import Action, Alert, Audience
from campaigns.rules.moments import say_moment
from campaigns.rules.texts import without_withdrawn
from mobilise.fields import pick

USEFUL_FOR = timedelta(hours=12)
LONGEST_BODY = 180
CANCELLED = {"fr": "Correction\u00a0: l'action est annulée", "en": "Correction: the action is cancelled"}
MEANS = {
    "fr": "C'est annulé. Le détail est sur sa page.",
    "en": "It is called off. The details are on its page.",
}


def cancel_correction(action: Action, now: datetime) -> Alert | None:
    """As a draft that is not stored; None when nobody can have had an alert, or when it is over.

    It takes the place of the last one, and goes to whoever can have had any.
    """
    begun = list(Alert.objects.filter(action_id=action.pk, started_at__isnull=False).order_by("started_at", "pk"))
    if not begun or action.ends_at <= now:
        return None
    to_all = any(not alert.departements for alert in begun)
    send_at = now.replace(second=0, microsecond=0)
    return Alert(
        action_id=action.pk,
        corrects=begun[-1],
        purpose=Purpose.CORRECTION,
        audience=Audience.FOLLOWERS,
        departements=[] if to_all else sorted({code for alert in begun for code in alert.departements}),
        told_start=action.starts_at,
        title=dict(CANCELLED),
        body={code: _body(action, code, text, now) for code, text in MEANS.items()},
        urgency=Urgency.HIGH,
        send_at=send_at,
        expires_at=max(action.ends_at, send_at + USEFUL_FOR),
    )


def _body(action: Action, language: str, means: str, now: datetime) -> str:
    name = pick(without_withdrawn(action, action.title), language, action.campaign.main_language)
    whole = f"{name}, {say_moment(action.starts_at, action.zone, language, now)}. {means}"
    return whole if len(whole) <= LONGEST_BODY else means
