"""What happens to one follower of one alert at the moment of sending."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from campaigns.kinds import KIND_BITS
from campaigns.models import Alert


class Verdict(StrEnum):
    """What happens to one follower of one alert."""

    SEND = "send"
    WAIT = "wait"  # quiet hours that end in time
    QUIET = "quiet"  # quiet hours that last longer than the alert is useful
    SKIPPED = "skipped"  # not (or no longer) in the audience
    UNREACHABLE = "unreachable"  # no subscription that may be sent to


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a follower asked for: the kinds (bits), quiet hours (local start and end) in a zone."""

    kinds_mask: int
    time_zone: str
    quiet_start: time | None
    quiet_end: time | None


def end_of_quiet_hours(preferences: Preferences, now: datetime) -> datetime | None:
    """The moment (UTC) at which the quiet hours that hold now are over, or None when none hold.

    They are wall-clock hours: in the night of a clock change they are an hour shorter or longer.
    """
    start, end = preferences.quiet_start, preferences.quiet_end
    if start is None or end is None or start == end:
        return None
    zone = ZoneInfo(preferences.time_zone)
    local = now.astimezone(zone)
    clock = local.time()
    if start < end:
        quiet, days = start <= clock < end, 0
    else:
        quiet, days = clock >= start or clock < end, int(clock >= start)
    if not quiet:
        return None
    # In the night when an hour comes twice, the end on this side of it is the one of this hour.
    fold = local.fold if days == 0 else 0
    last = datetime.combine(local.date() + timedelta(days=days), end.replace(fold=fold), tzinfo=zone)
    # In UTC: a local time that comes twice, or never, equals no other (PEP 495).
    return last.astimezone(UTC)


def decide(
    alert: Alert, preferences: Preferences, *, in_audience: bool, reachable: bool, now: datetime
) -> tuple[Verdict, datetime | None]:
    """The verdict for one follower, and for WAIT the moment to try again. Re-checked at the moment of sending."""
    wanted = preferences.kinds_mask & KIND_BITS[alert.action.kind]
    if not in_audience or not wanted:
        return Verdict.SKIPPED, None
    if not reachable:
        return Verdict.UNREACHABLE, None
    if alert.action.traits.through_quiet_hours:
        return Verdict.SEND, None
    quiet_until = end_of_quiet_hours(preferences, now)
    if quiet_until is None:
        return Verdict.SEND, None
    return (Verdict.WAIT, quiet_until) if quiet_until < alert.expires_at else (Verdict.QUIET, None)
