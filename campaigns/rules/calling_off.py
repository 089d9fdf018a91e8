"""An action is cancelled: the correction that tells whoever had one of its alerts."""

from datetime import datetime

from campaigns.models import Action, Alert
from campaigns.rules.correcting import make_correction
from campaigns.rules.texts import without_withdrawn

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
    departements = [] if to_all else sorted({code for alert in begun for code in alert.departements})
    more = {"departements": departements, "told_start": action.starts_at}
    named = without_withdrawn(action, action.title)
    return make_correction(action, begun[-1], CANCELLED, named, MEANS, now, **more)
