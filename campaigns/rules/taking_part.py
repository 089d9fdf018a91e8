"""Whether somebody can take part in an action."""

from datetime import datetime

from campaigns.models import Action, ActionState, Declaration

# The code of what stands against it, and its words.
REASONS = {
    "action_cancelled": "The action was cancelled.",
    "rally_banned": "The rally is banned.",
    "action_over": "The action is over.",
}


def closed_because(action: Action, now: datetime, *, waited: bool = False) -> str | None:
    """One of REASONS, or None if somebody can take part now, or could when a gesture that ``waited`` was made."""
    rally = getattr(action, "rallycall", None)
    if action.state == ActionState.CANCELLED:
        return "action_cancelled"
    if rally is not None and rally.declaration == Declaration.BANNED:
        return "rally_banned"
    if not (action.is_open(now) or (waited and action.takes_late(now))):
        return "action_over"
    return None
