"""What is decided across several rows: who receives, when, what is proposed. Writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _

from campaigns.kinds import KIND_BITS, Anchor, Proposal, default_urgency
from campaigns.models import Action, Alert, Audience, Follow, Participation
from campaigns.models.campaign import FollowQuerySet

# A proposed alert whose minute is over already is moved to "as soon as it is scheduled", this much ahead.
HEADROOM = timedelta(minutes=10)


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


def audience_of(alert: Alert) -> FollowQuerySet:
    """The followers that the alert's batches are cut from; who joined is looked up window by window."""
    follows = Follow.objects.filter(campaign_id=alert.action.campaign_id).wanting(alert.action.kind)
    if alert.corrects is not None:
        # Whoever could have had the wrong one: who had joined by then is not known, so all who followed by then.
        return follows.filter(device_id__lte=alert.corrects.last_device or 0)
    return follows


def audience_size(alert: Alert) -> int:
    """How many devices it would go to now."""
    followers = audience_of(alert).filter(device__subscription__isnull=False).count()
    if alert.audience == Audience.FOLLOWERS:
        return followers
    joined = Participation.objects.filter(action_id=alert.action_id).count()
    return min(joined, followers) if alert.audience == Audience.JOINED else max(followers - joined, 0)


def needs_approval(alert: Alert) -> bool:
    """Whether a second person has to say yes before it is sent."""
    campaign = alert.action.campaign
    return campaign.two_person and audience_size(alert) > campaign.two_person_above


def text_problems(alert: Alert) -> list[str]:
    """What must be changed in its texts before it may be scheduled, in words."""
    problems = []
    main = alert.action.campaign.main_language
    if not alert.title.get(main, "").strip() or not alert.body.get(main, "").strip():
        problems.append(_("Write title and text in the campaign's main language (%(code)s).") % {"code": main})
    push = getattr(alert.action, "hashtagpush", alert.action)
    hashtag, reveal_at = getattr(push, "hashtag", ""), getattr(push, "reveal_at", None)
    if hashtag and reveal_at and alert.send_at < reveal_at:
        texts = [*alert.title.values(), *alert.body.values()]
        if any(hashtag.casefold() in text.casefold() for text in texts):
            problems.append(_("It holds the hashtag and would be sent before the hashtag is revealed."))
    return problems


def tells_too_early(action: Action, texts: Iterable[str], now: datetime) -> bool:
    """Whether one of these texts holds a hashtag that is not revealed yet."""
    push = getattr(action, "hashtagpush", None)
    if push is None or push.is_revealed(now):
        return False
    return any(push.hashtag.casefold() in text.casefold() for text in texts)


def proposed_alerts(action: Action, now: datetime) -> list[Alert]:
    """The alerts that an action of this kind usually has, as drafts that are not stored."""
    return [_propose(action, proposal, now) for proposal in action.traits.plan]


def _propose(action: Action, proposal: Proposal, now: datetime) -> Alert:
    anchors = {Anchor.NOW: now + HEADROOM, Anchor.START: action.starts_at, Anchor.END: action.ends_at}
    send_at = _shift_local(anchors[proposal.anchor], proposal.offset, action.zone)
    expires_at = send_at + proposal.useful_for
    if expires_at <= now + HEADROOM:
        send_at, expires_at = now + HEADROOM, now + HEADROOM + proposal.useful_for
    languages = list(action.title) or [action.campaign.main_language]
    body = {code: _proposed_text(action, proposal, code) for code in languages if code in proposal.texts}
    return Alert(
        action_id=action.pk,
        purpose=proposal.purpose,
        title={code: text[:60] for code, text in action.title.items()},
        body=body or {"fr": _proposed_text(action, proposal, "fr")},
        urgency=default_urgency(action.kind, proposal.purpose),
        send_at=send_at,
        expires_at=expires_at,
    )


def _shift_local(moment: datetime, offset: timedelta, zone: ZoneInfo) -> datetime:
    """Whole days are counted on the wall clock: "the day before" is the same hour also across a clock change."""
    local = moment.astimezone(zone)
    whole_days = timedelta(days=offset.days) if offset % timedelta(days=1) == timedelta(0) else timedelta(0)
    shifted = (local.replace(tzinfo=None) + whole_days).replace(tzinfo=zone)
    return shifted.astimezone(moment.tzinfo) + (offset - whole_days)


def _proposed_text(action: Action, proposal: Proposal, language: str) -> str:
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        local = action.starts_at.astimezone(action.zone)
        at = (
            formats.date_format(local, "l j F, H:i")
            if language == "en"
            else formats.date_format(local, r"l j F, H \h i")
        )
    return proposal.texts[language].format(start=at)
