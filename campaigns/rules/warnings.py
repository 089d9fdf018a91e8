"""What an organiser is warned of before an alert is scheduled: nothing here refuses."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from campaigns.kinds import Purpose
from campaigns.models import Alert, AlertState
from campaigns.rules.phones import BODY_SHOWN, TITLE_SHOWN

# In the action's zone.
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)
TOO_NEAR = timedelta(hours=1)
# These are meant for afterwards.
AFTERWARDS = (Purpose.RECAP, Purpose.STATUS, Purpose.CORRECTION)
GOES_OUT = (AlertState.AWAITING, AlertState.SCHEDULED, AlertState.SENDING, AlertState.PAUSED, AlertState.SENT)


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: a word that stays the same in all languages, and the sentence."""

    code: str
    text: str


def warnings_of(alert: Alert, others: Iterable[Alert]) -> list[Warned]:
    """What speaks against scheduling the alert as it is; ``others``: alerts of the campaign about its time."""
    return [*_of_the_hour(alert), *_of_the_others(alert, others), *_of_the_texts(alert)]


def alerts_near(alerts: Iterable[Alert]) -> list[Alert]:
    """The alerts within reach of one of these: what goes out in the campaign, or went, and their action's own drafts.

    In one statement. All are of one action.
    """
    moments = [alert.send_at for alert in alerts]
    if not moments:
        return []
    action = next(iter(alerts)).action
    around = Alert.objects.filter(
        Q(state__in=GOES_OUT) | Q(state=AlertState.DRAFT, action_id=action.pk),
        action__campaign_id=action.campaign_id,
        send_at__gt=min(moments) - TOO_NEAR,
        send_at__lt=max(moments) + TOO_NEAR,
    )
    return list(around.select_related("action__campaign"))


def _of_the_hour(alert: Alert) -> list[Warned]:
    found = []
    local = alert.send_at.astimezone(alert.action.zone)
    clock = local.time()
    if clock >= NIGHT_BEGINS or clock < NIGHT_ENDS:
        found.append(Warned("night", _("It rings in the night: %(hour)s.") % {"hour": date_format(local, "H:i")}))
    if alert.send_at > alert.action.ends_at and alert.purpose not in AFTERWARDS:
        found.append(Warned("after", _("It is sent after the action's end.")))
    return found


def _of_the_others(alert: Alert, others: Iterable[Alert]) -> list[Warned]:
    found = []
    for other in others:
        is_far = abs(other.send_at - alert.send_at) >= TOO_NEAR
        if is_far or other.pk in (alert.pk, alert.corrects_id):
            continue
        hour = date_format(other.send_at.astimezone(alert.action.zone), "H:i")
        text = _("“%(other)s” goes out at %(hour)s, within an hour of it.") % {"other": other, "hour": hour}
        found.append(Warned(f"near-{other.pk}", text))
    return found


def _of_the_texts(alert: Alert) -> list[Warned]:
    found = []
    for name, texts, shown in (("title", alert.title, TITLE_SHOWN), ("body", alert.body, BODY_SHOWN)):
        for language, text in texts.items():
            if len(text) <= shown:
                continue
            values = {"language": get_language_info(language)["name_local"], "n": len(text), "shown": shown}
            said = (
                _("Title (%(language)s): %(n)d characters; locked phones may cut it after %(shown)d.")
                if name == "title"
                else _("Text (%(language)s): %(n)d characters; locked phones may cut it after %(shown)d.")
            )
            found.append(Warned(f"long-{name}-{language}", said % values))
    return found
