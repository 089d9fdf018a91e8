"""An action as what it is."""

from campaigns.kinds import Kind
from campaigns.models import Action, Declaration, RallyCall, SolidarityAlert


def case_of(action: Action) -> SolidarityAlert | None:
    """The action as a solidarity alert, if it is one. Asked once of a row, at most."""
    if isinstance(action, SolidarityAlert):
        return action
    return getattr(action, "solidarityalert", None) if action.kind == Kind.SOLIDARITY_ALERT else None


def rally_of(action: Action) -> RallyCall | None:
    """The action as a rally call, if it is one. Asked once of a row, at most."""
    if isinstance(action, RallyCall):
        return action
    return getattr(action, "rallycall", None) if action.kind == Kind.RALLY_CALL else None


def is_banned(action: Action) -> bool:
    """Whether it is a rally that the authorities forbade."""
    rally = rally_of(action)
    return rally is not None and rally.declaration == Declaration.BANNED
