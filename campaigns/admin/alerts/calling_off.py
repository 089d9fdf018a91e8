"""With an action that is called off its alerts are; whoever had one is told, once somebody schedules it."""

from datetime import datetime

from campaigns import rules
from campaigns.models import Action, ActionState, Alert


def call_off(action: Action, now: datetime) -> bool:
    """Cancels what was not sent. Whether a correction is ready, as a draft: of what is over nobody is told."""
    Alert.objects.filter(action_id=action.pk).cancel_all(now)
    correction = rules.cancel_correction(action, now) if action.state == ActionState.CANCELLED else None
    if correction is not None:
        correction.save()
    return correction is not None
