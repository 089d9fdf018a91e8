"""Who gets an alert, how many that is, and whether one person may send it to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from campaigns.models import Alert, Audience, Follow, Participation
from campaigns.models.campaign import FollowQuerySet
from campaigns.rules.kinds import is_banned

# A narrowed audience below this is refused, and its number is not said: nobody is to count single persons with it.
FEWEST_NARROWED = 10
# Followers whose participation is looked for in one statement.
CHUNK = 500
# Of an audience by part so many are counted for what is said of it: all of a large one would take seconds.
MOST_COUNTED = 5000


@dataclass(frozen=True, slots=True)
class Reach:
    """How many devices an alert would go to now, and what of it may be said."""

    devices: int
    narrowed: bool = False
    by_place: bool = False
    at_least: bool = False
    too_few: bool = False  # for an alert; a correction goes to whoever had the wrong one


def in_departements(follows: FollowQuerySet, alert: Alert) -> FollowQuerySet:
    """Those of the departements that the alert is for; all, when it is for all."""
    return follows.filter(device__departement__in=alert.departements) if alert.departements else follows


def audience_of(alert: Alert) -> FollowQuerySet:
    """The followers that the alert's batches are cut from; who joined is looked up window by window.

    Of a ban all followers learn: whoever followed since the alert that is corrected may have joined in the app.
    """
    follows = Follow.objects.filter(campaign_id=alert.action.campaign_id).wanting(alert.action.kind)
    follows = in_departements(follows, alert)
    if alert.corrects is not None and not is_banned(alert.action):
        # Whoever could have had the wrong one: who had joined by then is not known, so all who followed by then.
        return follows.filter(device_id__lte=alert.corrects.last_device or 0)
    return follows


def audience_size(alert: Alert) -> int:
    """How many devices it would go to now. By part one by one: strangers join too, who follow nothing."""
    return _count_by_part(alert) if alert.is_by_part else _reachable(alert).count()


def reach_of(alert: Alert) -> Reach:
    """How many devices it would go to now, and whether that is too few of a narrowed audience."""
    if not alert.is_narrowed:
        return Reach(audience_size(alert))
    counted = _count_by_part(alert, MOST_COUNTED) if alert.is_by_part else audience_size(alert)
    more = alert.is_by_part and counted >= MOST_COUNTED
    few = counted < FEWEST_NARROWED and alert.corrects is None
    return Reach(MOST_COUNTED if more else counted, True, bool(alert.departements), more, few)


def is_too_few(alert: Alert) -> bool:
    """Whether its narrowed audience is too small to be sent to."""
    return alert.is_narrowed and alert.corrects is None and reach_of(alert).too_few


def needs_approval(alert: Alert) -> bool:
    """Whether a second person has to say yes before it is sent."""
    campaign = alert.action.campaign
    return campaign.two_person and _goes_beyond(alert, campaign.two_person_above)


def _goes_beyond(alert: Alert, number: int) -> bool:
    devices = _count_by_part(alert, enough=number + 1) if alert.is_by_part else audience_size(alert)
    return devices > number


def _reachable(alert: Alert) -> FollowQuerySet:
    return audience_of(alert).filter(device__subscription__isnull=False)


def _count_by_part(alert: Alert, enough: int | None = None) -> int:
    """Its devices counted one by one by whether they joined, until there are ``enough``."""
    count = 0
    for devices in _chunks(_reachable(alert).order_by("device_id").values_list("device_id", flat=True).iterator()):
        joined = len(Participation.objects.joined_among(alert.action, devices))
        count += joined if alert.audience == Audience.JOINED else len(devices) - joined
        if enough is not None and count >= enough:
            break
    return count


def _chunks(ids: Iterator[int]) -> Iterator[list[int]]:
    while chunk := list(islice(ids, CHUNK)):
        yield chunk
