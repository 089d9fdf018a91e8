"""A banned rally: what may not be sent, and the correction that is proposed."""

from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.kinds import Purpose
from campaigns.models import Alert, Declaration, RallyCall
from campaigns.rules.correcting import make_correction
from campaigns.rules.kinds import rally_of

BANNED = {"fr": "Correction\u00a0: le rassemblement est interdit", "en": "Correction: the rally is banned"}
BANNED_MEANS = {
    "fr": "Y participer expose à une amende de 135\u00a0euros. L'inscription est fermée.",
    "en": "Taking part risks a fine of 135 euros. Joining is closed.",
}
LIFTED = {"fr": "Correction\u00a0: l'interdiction est levée", "en": "Correction: the ban is lifted"}
LIFTED_MEANS = {
    "fr": "Le rassemblement est de nouveau annoncé. Le détail est sur sa page.",
    "en": "The rally is announced again. The details are on its page.",
}


def ban_problems(alert: Alert) -> list[str]:
    """That its rally is banned, and it is no correction; or that it tells of a ban that is lifted."""
    rally = rally_of(alert.action)
    if rally is None:
        return []
    if rally.declaration == Declaration.BANNED:
        if alert.purpose != Purpose.CORRECTION:
            return [_("The rally is banned: only a correction may be sent.")]
        return [_("It says that the ban is lifted: the rally is banned.")] if _says(alert, LIFTED) else []
    return [_("It says that the rally is banned: the ban is lifted.")] if _says(alert, BANNED) else []


def ban_correction(rally: RallyCall, now: datetime) -> Alert:
    """What tells followers of the ban, as a draft that is not stored."""
    return _correction(rally, BANNED, BANNED_MEANS, now)


def end_of_ban_correction(rally: RallyCall, now: datetime) -> Alert:
    """What tells them that it is lifted."""
    return _correction(rally, LIFTED, LIFTED_MEANS, now)


def told_of_ban(rally: RallyCall) -> bool:
    """Whether followers can have had the news that it is banned."""
    sent = Alert.objects.filter(action_id=rally.pk, purpose=Purpose.CORRECTION, started_at__isnull=False)
    return any(_says(alert, BANNED) for alert in sent)


def _correction(rally: RallyCall, title: dict[str, str], means: dict[str, str], now: datetime) -> Alert:
    """Takes the place of the last alert that was sent, if any was; to all followers, as all can come."""
    begun = Alert.objects.filter(action_id=rally.pk, started_at__isnull=False).order_by("-started_at", "-pk")
    return make_correction(rally, begun.first(), title, rally.title, means, now)


def _says(alert: Alert, title: dict[str, str]) -> bool:
    return any(alert.title.get(code, "").strip().casefold() == text.casefold() for code, text in title.items())
