"""What keeps an alert from being scheduled, in words."""

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.models import Alert
from campaigns.models.alerts.limits import Limits
from campaigns.rules.audience import FEWEST_NARROWED, Reach, reach_of
from campaigns.rules.cases import unconfirmed_problems
from campaigns.rules.texts import text_problems


def problems_of(alert: Alert, reach: Reach | None = None, limits: Limits | None = None) -> list[str]:
    """All that must be changed before it may be scheduled. ``reach`` and ``limits``: if they are known already."""
    problems = [*text_problems(alert), *unconfirmed_problems(alert, timezone.now())]
    problems += (limits or Limits.about([alert])).problems(alert)
    if alert.is_narrowed and (reach or reach_of(alert)).too_few:
        text = _("Fewer than %(n)d devices: an audience that is narrowed so far is not sent to. Widen it.")
        problems.append(text % {"n": FEWEST_NARROWED})
    return problems
